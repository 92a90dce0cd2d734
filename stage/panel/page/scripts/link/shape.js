// The shape of the stage, which comes with the page: its pictures and keys have their places before anything is told.

const UNKNOWN = { film: [16, 9], lines: [], walls: [[16, 3]], lights: false };

/** `{film, lines, walls, lights}`: sizes of the first camera's picture and of the walls, the frame lines, whether there are lights. */
export const shape = JSON.parse(document.body.dataset.shape || "null") ?? UNKNOWN;
