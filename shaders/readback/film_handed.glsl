// What pixels of a film picture share, or what grows evenly from one to the next: the vertex shader, which defines VERTEX,
// hands it on. A software renderer reads a uniform anew for every few pixels: that was half of what a picture cost.

#ifdef VERTEX
#define EVEN out
#define SHARED flat out
#else
#define EVEN in
#define SHARED flat in
#endif

#ifdef BENDS
EVEN vec2 film_mm; // a place on the film, from where its axis goes through the lens
#else
EVEN vec2 film_tangents; // x right, y up, at unit distance along the axis
EVEN vec3 film_ray;      // the same in the stage
#endif
SHARED vec3 wall_eye; // from the wall's own origin, metres
#if defined(ARC)
SHARED vec4 wall_arc;  // square of the eye's distance from the axis less that of the radius; 1 / sweep, 1 / height; turn
SHARED vec3 wall_ends; // where the middle of the arc is from its axis, a unit vector; how far along that its ends are
#elif !defined(MESH)
SHARED vec4 wall_across; // a dual basis of the edges: shares of the wall for a metre, and where the eye is
SHARED vec4 wall_up;
SHARED vec4 wall_normal;
#endif
