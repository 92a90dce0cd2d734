#version 410 core
// Composes a wall whose signal follows the sRGB curve.

#include "common/signal_srgb.glsl"
#include "common/compose.glsl"
