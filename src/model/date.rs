//! Dates as precise as their source, and periods made of them.

use std::{fmt, num::NonZeroU32, str::FromStr};

use jiff::civil;

/// A date that is known to the year, half-year, quarter, month or day.
///
/// Written `2024`, `2021-H1`, `2017-Q1`, `2024-07` or `2024-07-15`; years run from 1 to 9999. The
/// codes of EDTF (ISO 8601-2, section 8.1) for quarters (`2017-33` to `2017-36`) and halves
/// (`2021-40`, `2021-41`) are read as well and written in the readable form.
///
/// Four bytes: the year, the unit within it (0 none, 1..=12 month, 33..=36 quarter, 40..=41 half;
/// EDTF's codes) and the day (0 none).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate(NonZeroU32);

/// A stretch of time: one partial date, or two with a `/` between (`2021-01/2021-08`), both ends
/// included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Period {
    /// The date the period begins with.
    pub start: PartialDate,
    /// The date the period ends with; equal to `start` where the source gives one date.
    pub end: PartialDate,
}

/// Why a text is not a date or a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text has another form.
    #[error(
        "\"{0}\" is not a date: write 2024, 2021-H1, 2017-Q1, 2024-07 or 2024-07-15, or two of them as 2021-01/2021-08"
    )]
    Form(String),
    /// The form is right, the calendar has no such day.
    #[error("\"{0}\" is not in the calendar: months run from 01 to 12, days to the month's last")]
    Calendar(String),
    /// A period that ends before it begins.
    #[error("\"{0}\" ends before it begins: put the earlier date first")]
    Order(String),
}

/// Days from 0001-01-01, which is day 0, to 1970-01-01.
pub const EPOCH: i32 = 719_162;

impl PartialDate {
    fn pack(year: u32, unit: u32, day: u32) -> Option<Self> {
        NonZeroU32::new(year << 16 | unit << 8 | day).map(Self)
    }

    fn parts(self) -> (i16, i8, i8) {
        let bits = self.0.get();
        // Each part was checked against its range when it was packed.
        ((bits >> 16) as i16, (bits >> 8 & 0xff) as i8, (bits & 0xff) as i8)
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.parts().0
    }

    /// The whole calendar year `year`; `None` outside 1 to 9999.
    pub fn of_year(year: i64) -> Option<Self> {
        (1..=9999).contains(&year).then(|| Self::pack(year as u32, 0, 0)).flatten()
    }

    /// Four bytes that [`Self::from_bits`] turns back into the date; 0 is never used.
    pub fn bits(self) -> u32 {
        self.0.get()
    }

    /// The date packed into `bits` by [`Self::bits`]; `None` for 0.
    pub fn from_bits(bits: u32) -> Option<Self> {
        NonZeroU32::new(bits).map(Self)
    }

    /// First and last month of the unit.
    fn months(self) -> (i8, i8) {
        match self.parts().1 {
            0 => (1, 12),
            quarter @ 33..=36 => ((quarter - 33) * 3 + 1, (quarter - 33) * 3 + 3),
            40 => (1, 6),
            41 => (7, 12),
            month => (month, month),
        }
    }

    /// The first day the date covers, in days since 0001-01-01.
    pub fn first_day(self) -> i32 {
        let (year, _, day) = self.parts();
        day_number(year, self.months().0, day.max(1))
    }

    /// The last day the date covers, in days since 0001-01-01.
    pub fn last_day(self) -> i32 {
        let (year, _, day) = self.parts();
        if day > 0 {
            return self.first_day();
        }
        let month = self.months().1;
        let first = civil::date(year, month, 1);
        day_number(year, month, first.days_in_month())
    }

    fn parse(text: &str, whole: &str) -> Result<Self, DateError> {
        let form = || DateError::Form(whole.to_owned());
        let calendar = || DateError::Calendar(whole.to_owned());
        let mut parts = text.split('-');
        let year = digits(parts.next().unwrap_or_default(), 4).ok_or_else(form)?;
        let unit_text = parts.next();
        let day_text = parts.next();
        if parts.next().is_some() {
            return Err(form());
        }
        let unit = match unit_text {
            None => 0,
            Some("H1") => 40,
            Some("H2") => 41,
            Some("Q1") => 33,
            Some("Q2") => 34,
            Some("Q3") => 35,
            Some("Q4") => 36,
            Some(text) => match digits(text, 2).ok_or_else(form)? {
                unit @ (1..=12 | 33..=36 | 40..=41) => unit,
                _ => return Err(calendar()),
            },
        };
        let day = match day_text {
            None => 0,
            Some(_) if unit > 12 => return Err(form()),
            Some(text) => digits(text, 2).ok_or_else(form)?,
        };
        if year == 0 || (day_text.is_some() && day == 0) {
            return Err(calendar());
        }
        if day > 0 && civil::Date::new(year as i16, unit as i8, day as i8).is_err() {
            return Err(calendar());
        }
        Self::pack(year, unit, day).ok_or_else(calendar)
    }
}

/// `text` as a number if it is exactly `width` ASCII digits.
fn digits(text: &str, width: usize) -> Option<u32> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn day_number(year: i16, month: i8, day: i8) -> i32 {
    let date = civil::date(year, month, day);
    let epoch = civil::date(1970, 1, 1);
    // At most 3.6 million days lie between two dates of these years.
    let days = date.duration_since(epoch).as_secs() / 86_400;
    days as i32 + EPOCH
}

impl FromStr for PartialDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        Self::parse(text, text)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, unit, day) = self.parts();
        write!(f, "{year:04}")?;
        match unit {
            0 => {}
            33..=36 => write!(f, "-Q{}", unit - 32)?,
            40..=41 => write!(f, "-H{}", unit - 39)?,
            month => write!(f, "-{month:02}")?,
        }
        if day > 0 {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Period {
    /// The year 1: what stands for a period that is known to be wrong.
    pub(crate) const ANY: Self = {
        let first = PartialDate(NonZeroU32::new(1 << 16).expect("the number is not zero"));
        Self { start: first, end: first }
    };

    /// First and last day of the period, in days since 0001-01-01.
    pub fn days(self) -> (i32, i32) {
        (self.start.first_day(), self.end.last_day())
    }

    /// Whether the two periods share a day.
    pub fn overlaps(self, other: Period) -> bool {
        let (a, b) = (self.days(), other.days());
        a.0 <= b.1 && b.0 <= a.1
    }
}

impl From<PartialDate> for Period {
    fn from(date: PartialDate) -> Self {
        Self { start: date, end: date }
    }
}

impl FromStr for Period {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let Some((start, end)) = text.split_once('/') else {
            return PartialDate::parse(text, text).map(Self::from);
        };
        let period =
            Self { start: PartialDate::parse(start, text)?, end: PartialDate::parse(end, text)? };
        let (first, last) = period.days();
        if period.end.first_day() < first || last < period.start.last_day() {
            return Err(DateError::Order(text.to_owned()));
        }
        Ok(period)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start)?;
        if self.end != self.start {
            write!(f, "/{}", self.end)?;
        }
        Ok(())
    }
}

/// As texts, for people and programs alike.
macro_rules! serde_as_text {
    ($($name:ident),*) => { $(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

serde_as_text!(PartialDate, Period);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_precision_is_read_and_written_back() {
        for text in [
            "2024",
            "2024-07",
            "2024-07-15",
            "2021-H1",
            "2017-Q1",
            "2018-Q1/2018-Q3",
            "2021-01/2021-08",
            "2017-05/2017-08-15",
            "0001",
            "9999-12-31",
        ] {
            assert_eq!(text.parse::<Period>().map(|period| period.to_string()), Ok(text.into()));
        }
        assert_eq!("2017-33".parse::<Period>().map(|p| p.to_string()), Ok("2017-Q1".into()));
        assert_eq!("2021-41".parse::<Period>().map(|p| p.to_string()), Ok("2021-H2".into()));
    }

    #[test]
    fn what_is_not_a_date_is_refused() {
        for text in [
            "",
            "24",
            "2024-7",
            "2024-13",
            "2024-00",
            "2024-02-30",
            "2023-02-29",
            "2024-07-00",
            "0000",
            "2024-H3",
            "2024-Q5",
            "2021-H1-03",
            "2024-07-15-1",
            "2024/",
            "/2024",
            "２０２４",
            "2024-08/2024-07",
            "2024-01/2023",
            "2024-07-15T00:00",
            "-2024",
            "+2024",
        ] {
            assert!(text.parse::<Period>().is_err(), "{text} was read as a date");
        }
    }

    #[test]
    fn days_cover_the_unit() {
        let days = |text: &str| text.parse::<Period>().expect("a period").days();
        assert_eq!(days("0001-01-01"), (0, 0));
        assert_eq!(days("2024-02").1 - days("2024-02").0, 28);
        assert_eq!(days("2021-H1").1 + 1, days("2021-H2").0);
        assert_eq!(days("2017-Q4").1, days("2017-12-31").1);
        assert_eq!(days("2018-Q1/2018-Q3"), (days("2018-01-01").0, days("2018-09-30").1));
    }

    proptest! {
        #[test]
        fn days_agree_with_counting(year in 1i16..=9999, month in 1i8..=12) {
            let text = format!("{year:04}-{month:02}");
            let date: PartialDate = text.parse().expect("a month");
            // Zeller-free check: the length of the month, counted by the Gregorian rule.
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month { 2 => 28 + i32::from(leap), 4 | 6 | 9 | 11 => 30, _ => 31 };
            prop_assert_eq!(date.last_day() - date.first_day() + 1, length);
            prop_assert_eq!(date.to_string(), text);
            prop_assert_eq!(PartialDate::from_bits(date.bits()), Some(date));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,24}") {
            let _ = text.parse::<Period>();
        }
    }
}
