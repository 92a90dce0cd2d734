// What is worked out for corners alone. A matte surface reflects light to all sides alike: its light from the sun and from all
// around is that of its corners, LIGHT_HANDED, and without a picture so is its colour, COLOUR_HANDED.

#if defined(MATTE) && defined(IRRADIANCE_HANDED) && !defined(BARE)
#define LIGHT_HANDED
#if !defined(COLOUR_MAP) && !defined(MASK) && !defined(BLEND)
#define COLOUR_HANDED
#endif
#endif
#if defined(POOLS) && defined(DUSK)
#define LIT_POOLS
#elif defined(SHINES_AT_DUSK) && defined(DUSK)
#define SHINES_HANDED
#endif
#if (defined(VERTEX_COLOURS) || defined(CROWD)) && !defined(COLOUR_HANDED)
#define HAS_COLOURS
#endif
