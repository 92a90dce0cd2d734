// What this device is called where nobody has named it: makers' names, which are the same in every language.
const NAMES = [
  [/iPad|Macintosh(?=.*Mobile)/, "iPad"],
  [/iPhone/, "iPhone"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/Linux|CrOS/, "Linux"],
];

/** A name to begin with. An iPad says that it is a Mac; its screen gives it away. */
export function nameOfDevice() {
  const told = navigator.userAgent;
  const found = NAMES.find(([pattern]) => pattern.test(told));
  if (found && found[1] === "Mac" && navigator.maxTouchPoints > 1) return "iPad";
  return found ? found[1] : "";
}
