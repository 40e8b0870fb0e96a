import { useEffect, useRef, useState, type RefObject } from 'react';
import type { Canvas, Look } from '../canvas/canvas';
import type { Hands } from '../canvas/pointer';

/**
 * A drawing in a container, once it is there. Its code comes by itself and its set-up takes a while: what
 * it is to show can be asked for before. `onBlind` hears that this browser cannot draw.
 */
export function useCanvas(container: RefObject<HTMLElement | null>, look: () => Look, hands: Hands, onBlind?: () => void): Canvas | undefined {
  const [canvas, setCanvas] = useState<Canvas>();
  const now = useRef({ look, hands, onBlind });
  now.current = { look, hands, onBlind };
  useEffect(() => {
    let made: Canvas | undefined;
    let observer: ResizeObserver | undefined;
    let isGone = false;
    async function begin() {
      const { Canvas } = await import('../canvas/canvas');
      await new Promise((resolve) => setTimeout(resolve));
      if (!container.current || isGone) return;
      made = new Canvas(container.current, now.current.look(), {
        onSelect: (keys, isLink) => now.current.hands.onSelect(keys, isLink),
        onExpand: (key) => now.current.hands.onExpand(key),
        onPin: (pins) => now.current.hands.onPin(pins),
        onRest: () => now.current.hands.onRest?.(),
      });
      observer = new ResizeObserver(() => made?.resize());
      observer.observe(container.current);
      setCanvas(made);
    }
    begin().catch((error: unknown) => {
      console.warn(error);
      now.current.onBlind?.();
    });
    return () => {
      isGone = true;
      observer?.disconnect();
      made?.end();
    };
  }, [container]);
  return canvas;
}
