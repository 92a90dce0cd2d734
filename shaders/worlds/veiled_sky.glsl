// A sky with clouds or fog in it.

#define VEILED
#include "worlds/sky.glsl"
