package org.nnlang.runtime.kernel;

/// Scratch memory of one member of a team. It grows to what the largest kernel needs and stays, so that a step
/// that has run once allocates nothing.
final class Workspace {
    final GemmTask gemm = new GemmTask();
    /// For the products inside of another kernel's task.
    final GemmTask inner = new GemmTask();
    final Philox.RandomTask random = new Philox.RandomTask();
    final Gather.RowsTask rows = new Gather.RowsTask();
    final RowPasses.RowTask row = new RowPasses.RowTask();
    final Copy.CopyTask copy = new Copy.CopyTask();

    /// For sums that run over 16 lanes.
    final float[] lanes = new float[16];

    private float[] scratch = {};
    private float[] panel = {};
    private float[] block = {};
    private float[] tile = {};
    private float[][] sums = {};
    private float[][] operands = {};
    private long[] keys = {};
    private int[] places = {};
    private float[] common = {};

    /// Lines of a product on plain loops.
    float[][] sums() {
        if (sums.length == 0) {
            sums = new float[ScalarGemm.LINES][ScalarGemm.LENGTH];
        }
        return sums;
    }

    /// Lines of an operand, which they meet.
    float[][] operands() {
        if (operands.length == 0) {
            operands = new float[ScalarGemm.STEPS][ScalarGemm.LENGTH];
        }
        return operands;
    }

    /// At least `size` floats of any content, for a kernel that calls products while it works.
    float[] scratch(int size) {
        if (scratch.length < size) {
            scratch = new float[size];
        }
        return scratch;
    }

    /// At least `size` floats of any content, for packed panels of a product's right operand.
    float[] panel(int size) {
        if (panel.length < size) {
            panel = new float[size];
        }
        return panel;
    }

    /// At least `size` floats of any content, for packed blocks of a product's left operand.
    float[] block(int size) {
        if (block.length < size) {
            block = new float[size];
        }
        return block;
    }

    /// At least `size` longs of any content, for a row that is sorted.
    long[] keys(int size) {
        if (keys.length < size) {
            keys = new long[size];
        }
        return keys;
    }

    /// At least `size` floats of any content, for one register tile or a kernel's partial results.
    float[] tile(int size) {
        if (tile.length < size) {
            tile = new float[size];
        }
        return tile;
    }

    /// At least `size` ints of any content, for the places that a window sees.
    int[] places(int size) {
        if (places.length < size) {
            places = new int[size];
        }
        return places;
    }

    /// At least `size` floats of any content, for what the member that dispatches a kernel shares with the others.
    float[] common(int size) {
        if (common.length < size) {
            common = new float[size];
        }
        return common;
    }
}
