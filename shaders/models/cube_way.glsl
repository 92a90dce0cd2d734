// The direction of a place from 0 to 1 on a cube map's face (OpenGL 4.1 core, table 3.19).

vec3 cube_direction(int face, vec2 place) {
    vec2 side = 2.0 * place - 1.0;
    vec3 way = face == 0 ? vec3(1.0, -side.y, -side.x)
        : face == 1 ? vec3(-1.0, -side.y, side.x)
        : face == 2 ? vec3(side.x, 1.0, side.y)
        : face == 3 ? vec3(side.x, -1.0, -side.y)
        : face == 4 ? vec3(side.x, -side.y, 1.0)
        : vec3(-side.x, -side.y, -1.0);
    return way;
}

vec3 cube_way(int face, vec2 place) {
    return normalize(cube_direction(face, place));
}
