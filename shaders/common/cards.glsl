// Light cards, flags and windows, each seen from a place of its own: light over an LED becomes light * gain + own light, card
// after card in their order. CARDS is how many there is room for. There are variants, because a number that the compiler
// knows costs half as much as one that it does not. Rows without a card change nothing.

#ifndef CARDS
#define CARDS 4
#endif

uniform sampler2D positions;                // alpha: distance to the next LED, 0 where there is none
uniform vec3 card_eye[CARDS];
uniform mat3 card_from_stage[CARDS];   // rows: right, ahead, up
uniform vec4 card_extent[CARDS];       // half width and half height in radians, and one over them
uniform vec2 card_edge[CARDS];         // one over the feather; 1 for an ellipse
uniform vec3 card_gain[CARDS];
uniform vec3 card_light[CARDS];

// How far a unit direction is from the card's middle, to the right and upwards, in radians along the great circle.
// Arc cosine: Abramowitz and Stegun 4.4.45, within 7e-5 rad.
vec2 angles_from_middle(vec3 seen) {
    float beside = min(abs(seen.y), 1.0);
    float angle = sqrt(1.0 - beside) * (((-0.0187293 * beside + 0.0742610) * beside - 0.2121144) * beside + 1.5707288);
    angle = seen.y < 0.0 ? 3.14159265359 - angle : angle;
    float aside = dot(seen.xz, seen.xz);
    return aside > 1e-12 ? seen.xz * (angle * inversesqrt(aside)) : vec2(angle, 0.0);
}

// Distance beyond a card's edge, radians; for the ellipse to first order in it.
float beyond_edge(vec2 angles, vec4 extent, float ellipse) {
    vec2 scaled = angles * extent.zw;
    vec2 steepness = scaled * extent.zw;
    float rim = dot(scaled, scaled);
    vec2 outside = max(abs(angles) - extent.xy, 0.0);
    return ellipse > 0.5
        ? (rim - sqrt(rim)) * inversesqrt(max(dot(steepness, steepness), 1e-12))
        : sqrt(dot(outside, outside));
}

// Applies all cards on an LED to a gain and a light, which start at 1 and 0. Edges are never sharper than one LED.
void apply_cards(vec4 led, inout vec3 gain, inout vec3 light) {
    for (int card = 0; card < CARDS; card++) {
        vec3 reach = led.xyz - card_eye[card];
        float nearness = inversesqrt(max(dot(reach, reach), 1e-12));
        vec3 direction = reach * nearness;
        float sharpest = 1.0 / max(led.a * nearness, 1e-6);
        vec2 angles = angles_from_middle(card_from_stage[card] * direction);
        float beyond = beyond_edge(angles, card_extent[card], card_edge[card].y);
        float cover = clamp(1.0 - beyond * min(card_edge[card].x, sharpest), 0.0, 1.0);
        cover = cover * cover * (3.0 - 2.0 * cover);
        vec3 kept = (card_gain[card] - 1.0) * cover + 1.0;
        gain *= kept;
        light = light * kept + card_light[card] * cover;
    }
}
