"""The colour rendering index (CIE 13.3-1995), as a judge of mixed light that the mixing itself does not know."""

from __future__ import annotations

import numpy as np

from stage.lights.mixing.observer import OBSERVER, WAVELENGTHS_NM
from stage.lights.mixing.whites import uv_from_xy, white_spectra, xy_from_xyz

_SAMPLES = """
.219 .239 .252 .256 .256 .254 .252 .248 .244 .24 .237 .232 .23 .226 .225 .222 .22 .218 .216 .214 .214 .214 .216 .218
.223 .225 .226 .226 .225 .225 .227 .23 .236 .245 .253 .262 .272 .283 .298 .318 .341 .367 .39 .409 .424 .435 .442
.448 .45 .451 .451 .451 .451 .451 .45 .45 .451 .451 .453 .454 .455 .457 .458 .46 .462 .463 .464 .465 .466 .466 .466
.466 .467 .467 .467 .467 .467 .467 .467 .467 .467
.07 .079 .089 .101 .111 .116 .118 .12 .121 .122 .122 .122 .123 .124 .127 .128 .131 .134 .138 .143 .15 .159 .174 .19
.207 .225 .242 .253 .26 .264 .267 .269 .272 .276 .282 .289 .299 .309 .322 .329 .335 .339 .341 .341 .342 .342 .342
.341 .341 .339 .339 .338 .338 .337 .336 .335 .334 .332 .332 .331 .331 .33 .329 .328 .328 .327 .326 .325 .324 .324
.324 .323 .322 .321 .32 .318 .316 .315 .315 .314 .314
.065 .068 .07 .072 .073 .073 .074 .074 .074 .073 .073 .073 .073 .073 .074 .075 .077 .08 .085 .094 .109 .126 .148
.172 .198 .221 .241 .26 .278 .302 .339 .37 .392 .399 .4 .393 .38 .365 .349 .332 .315 .299 .285 .272 .264 .257 .252
.247 .241 .235 .229 .224 .22 .217 .216 .216 .219 .224 .23 .238 .251 .269 .288 .312 .34 .366 .39 .412 .431 .447 .46
.472 .481 .488 .493 .497 .5 .502 .505 .51 .516
.074 .083 .093 .105 .116 .121 .124 .126 .128 .131 .135 .139 .144 .151 .161 .172 .186 .205 .229 .254 .281 .308 .332
.352 .37 .383 .39 .394 .395 .392 .385 .377 .367 .354 .341 .327 .312 .296 .28 .263 .247 .229 .214 .198 .185 .175 .169
.164 .16 .156 .154 .152 .151 .149 .148 .148 .148 .149 .151 .154 .158 .162 .165 .168 .17 .171 .17 .168 .166 .164 .164
.165 .168 .172 .177 .181 .185 .189 .192 .194 .197
.295 .306 .31 .312 .313 .315 .319 .322 .326 .33 .334 .339 .346 .352 .36 .369 .381 .394 .403 .41 .415 .418 .419 .417
.413 .409 .403 .396 .389 .381 .372 .363 .353 .342 .331 .32 .308 .296 .284 .271 .26 .247 .232 .22 .21 .2 .194 .189
.185 .183 .18 .177 .176 .175 .175 .175 .175 .177 .18 .183 .186 .189 .192 .195 .199 .2 .199 .198 .196 .195 .195 .196
.197 .2 .203 .205 .208 .212 .215 .217 .219
.151 .203 .265 .339 .41 .464 .492 .508 .517 .524 .531 .538 .544 .551 .556 .556 .554 .549 .541 .531 .519 .504 .488
.469 .45 .431 .414 .395 .377 .358 .341 .325 .309 .293 .279 .265 .253 .241 .234 .227 .225 .222 .221 .22 .22 .22 .22
.22 .223 .227 .233 .239 .244 .251 .258 .263 .268 .273 .278 .281 .283 .286 .291 .296 .302 .313 .325 .338 .351 .364
.376 .389 .401 .413 .425 .436 .447 .458 .469 .477 .485
.378 .459 .524 .546 .551 .555 .559 .56 .561 .558 .556 .551 .544 .535 .522 .506 .488 .469 .448 .429 .408 .385 .363
.341 .324 .311 .301 .291 .283 .273 .265 .26 .257 .257 .259 .26 .26 .258 .256 .254 .254 .259 .27 .284 .302 .324 .344
.362 .377 .389 .4 .41 .42 .429 .438 .445 .452 .457 .462 .466 .468 .47 .473 .477 .483 .489 .496 .503 .511 .518 .525
.532 .539 .546 .553 .559 .565 .57 .575 .578 .581
.104 .129 .17 .24 .319 .416 .462 .482 .49 .488 .482 .473 .462 .45 .439 .426 .413 .397 .382 .366 .352 .337 .325 .31
.299 .289 .283 .276 .27 .262 .256 .251 .25 .251 .254 .258 .264 .269 .272 .274 .278 .284 .295 .316 .348 .384 .434
.482 .528 .568 .604 .629 .648 .663 .676 .685 .693 .7 .705 .709 .712 .715 .717 .719 .721 .72 .719 .722 .725 .727 .729
.73 .73 .73 .73 .73 .73 .73 .73 .73 .73
"""
"""Reflectances of the first eight test colour samples at 380 to 780 nm in steps of 5 nm, as in colour-science 0.4.7."""
SAMPLES = np.array(_SAMPLES.split(), dtype=np.float64).reshape(8, WAVELENGTHS_NM.size)
_TEMPERATURES_K = np.geomspace(1500.0, 25_000.0, 20_001)
_BLACK_BODIES = WAVELENGTHS_NM**-5 / np.expm1(1.4388e7 / (WAVELENGTHS_NM * _TEMPERATURES_K[:, None]))
_BLACK_UV = uv_from_xy(xy_from_xyz(_BLACK_BODIES @ OBSERVER.T))


def rendering_index(spectrum):
    """The general index, of a black body or daylight of the same correlated colour temperature 100."""
    uv = uv_from_xy(xy_from_xyz(OBSERVER @ spectrum))
    nearest = np.linalg.norm(_BLACK_UV - uv, axis=1).argmin()
    temperature_k = _TEMPERATURES_K[nearest]
    reference = _BLACK_BODIES[nearest] if temperature_k < 5000.0 else white_spectra(np.array(1e6 / temperature_k))[0]
    white_uv = uv_from_xy(xy_from_xyz(OBSERVER @ reference))
    seen = _space(*_samples_under(spectrum), white_uv, adapted_from=uv)
    expected = _space(*_samples_under(reference), white_uv)
    return float(np.mean(100.0 - 4.6 * np.linalg.norm(seen - expected, axis=1)))


def _samples_under(spectrum):
    xyz = (SAMPLES * spectrum) @ OBSERVER.T * 100.0 / (OBSERVER[1] @ spectrum)
    return uv_from_xy(xy_from_xyz(xyz)), xyz[:, 1]


def _space(uv, luminance, white_uv, adapted_from=None):
    if adapted_from is not None:
        c, d = _cd(uv)
        (c_light, d_light), (c_white, d_white) = _cd(adapted_from), _cd(white_uv)
        c, d = c * c_white / c_light, d * d_white / d_light
        scale = 16.518 + 1.481 * c - d
        uv = np.stack((10.872 + 0.404 * c - 4.0 * d, np.full_like(c, 5.520)), axis=-1) / scale[:, None]
    w = 25.0 * np.cbrt(luminance) - 17.0
    return np.column_stack((13.0 * w[:, None] * (uv - white_uv), w))


def _cd(uv):
    u, v = uv[..., 0], uv[..., 1]
    return (4.0 - u - 10.0 * v) / v, (1.708 * v + 0.404 - 1.481 * u) / v
