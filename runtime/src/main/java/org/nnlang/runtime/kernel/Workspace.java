package org.nnlang.runtime.kernel;

/// Scratch memory of one member of a team. It grows to what the largest kernel needs and stays, so that a step
/// that has run once allocates nothing.
final class Workspace {
    final GemmTask gemm = new GemmTask();
    final Philox.RandomTask random = new Philox.RandomTask();
    final Gather.RowsTask rows = new Gather.RowsTask();
    final Copy.CopyTask copy = new Copy.CopyTask();

    private float[] panel = {};
    private float[] block = {};
    private float[] tile = {};

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

    /// At least `size` floats of any content, for one register tile or a kernel's partial results.
    float[] tile(int size) {
        if (tile.length < size) {
            tile = new float[size];
        }
        return tile;
    }
}
