// Moving a value by a finger: relative, ten times finer with a second finger or away from the scale, one step of undo.
import { useEffect, useRef, useState } from "preact/hooks";
import { hold, live, setValue } from "../link/values.js";
import { tell } from "./toast.js";

const BEGINS_PX = 4;
const FINE_PX = 60;
const FINE = 10;
const DOUBLE_MS = 350;

/**
 * Handlers for an element whose touches move `path` by `perPixel` units of the value for each pixel to the right.
 *
 * `present` answers the value now, `bounded` what a wish becomes (range, going round). `tapped` and `doubleTapped` are
 * touches that moved nothing. A touch that becomes a scroll sets nothing. `wish` is what the finger asks for until the
 * stage has answered.
 */
export function useDrag({ path, perPixel, present, bounded, disabled, name, tapped, doubleTapped }) {
  const [wish, setWish] = useState(null);
  const [fine, setFine] = useState(false);
  const drag = useRef(null);
  const lastTap = useRef(-Infinity);
  useEffect(() => () => drag.current && drag.current.lease && drag.current.lease.drop(), []);

  const ask = (wanted) => {
    setWish(wanted);
    setValue(path, wanted).then((answer) => tell(answer, name));
  };
  const begin = async () => {
    const own = drag.current;
    own.lease = hold(path);
    const answer = await own.lease.taken;
    if (answer.type === "error") {
      tell(answer, name);
      if (drag.current === own) finish(false);
    }
  };
  const finish = async () => {
    const own = drag.current;
    drag.current = null;
    setFine(false);
    if (own && own.lease) await own.lease.drop();
    if (!drag.current) setWish(null);
  };
  const down = (event) => {
    if (disabled || event.button > 0) return;
    if (drag.current) {
      drag.current.fingers.add(event.pointerId);
      setFine(true);
      return;
    }
    drag.current = { pointer: event.pointerId, fingers: new Set(), x: event.clientX, y: event.clientY, from: event.clientX, lease: null, value: null };
  };
  const move = (event) => {
    const own = drag.current;
    if (!own || event.pointerId !== own.pointer) return;
    if (!own.lease) {
      if (Math.abs(event.clientX - own.from) < BEGINS_PX) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      own.value = present();
      own.x = event.clientX;
      begin();
    }
    if (!live.peek()) return finish();
    const isFine = own.fingers.size > 0 || Math.abs(event.clientY - own.y) > FINE_PX;
    setFine(isFine);
    const moved = (event.clientX - own.x) * perPixel() / (isFine ? FINE : 1);
    own.x = event.clientX;
    if (moved === 0) return;
    own.value = bounded(own.value + moved);
    ask(own.value);
  };
  const up = (event) => {
    const own = drag.current;
    if (!own) return;
    if (event.pointerId !== own.pointer) return own.fingers.delete(event.pointerId);
    const touched = !own.lease && event.type === "pointerup";
    finish();
    if (!touched) return;
    const isDouble = event.timeStamp - lastTap.current < DOUBLE_MS;
    lastTap.current = isDouble ? -Infinity : event.timeStamp;
    if (isDouble && doubleTapped) doubleTapped();
    else if (tapped) tapped();
  };
  const handlers = { onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up };
  return { wish, fine, moving: wish !== null, handlers };
}
