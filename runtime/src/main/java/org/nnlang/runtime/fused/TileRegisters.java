package org.nnlang.runtime.fused;

/// Where the registers of the tile tier lie while a tile is worked on: an array, an offset, and a mask that is -1 for a
/// run of elements and 0 for [Reduction#LANES] copies of one.
///
/// Each register has two places: `r` as a value per row, and `r + count` as a value per element of the tile.
final class TileRegisters {
    float[][] floats = {};
    int[][] ints = {};
    int[] at = {};
    int[] mask = {};

    void reserve(int count) {
        if (at.length < 2 * count) {
            floats = new float[2 * count][];
            ints = new int[2 * count][];
            at = new int[2 * count];
            mask = new int[2 * count];
        }
    }

    void place(int register, float[] memory, int offset, int repeat) {
        floats[register] = memory;
        at[register] = offset;
        mask[register] = repeat;
    }

    void place(int register, int[] memory, int offset, int repeat) {
        ints[register] = memory;
        at[register] = offset;
        mask[register] = repeat;
    }
}
