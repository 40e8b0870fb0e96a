import '../look/look.css';
import './explore.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { themeNow, wearTheme } from './look';
import { Start } from './start';

wearTheme(themeNow(), false);
const element = document.getElementById('page');
if (element) createRoot(element).render(<Start>{(control) => <App {...control} />}</Start>);
