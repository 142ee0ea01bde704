import { LabIcon } from '@jupyterlab/ui-components';

/** The panel's own: a prompt that ends in a result. Drawn in the colour of Lab's other icons. */
export const k2Icon = new LabIcon({
  name: 'k2:panel',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
    '<g class="jp-icon3" fill="#616161"><path d="M4 3h3v7.6L13.8 3h3.9l-7 7.7L18 21h-3.7l-5.6-8.2L7 14.7V21H4z"/>' +
    '<path d="M19 3l.9 2.1L22 6l-2.1.9L19 9l-.9-2.1L16 6l2.1-.9z"/></g></svg>'
});

/** A ring with a gap; the style sheet turns it unless motion is unwelcome. */
export const workingIcon = new LabIcon({
  name: 'k2:working',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M12 3a9 9 0 1 1-8.5 6l1.9.7A7 7 0 1 0 12 5z"/></svg>'
});

/** What was left out. */
export const droppedIcon = new LabIcon({
  name: 'k2:dropped',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M6 11h12v2H6z"/></svg>'
});

/** Sends what was typed. */
export const sendIcon = new LabIcon({
  name: 'k2:send',
  svgstr:
    '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">' +
    '<path class="jp-icon3" fill="#616161" d="M12 4l7 7-1.4 1.4-4.6-4.6V20h-2V7.8l-4.6 4.6L5 11z"/></svg>'
});
