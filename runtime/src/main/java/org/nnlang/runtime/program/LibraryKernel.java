package org.nnlang.runtime.program;

/// What the library computes as a whole, because no loop or product does it as well. Shapes are written with the sizes'
/// usual letters; images lie channels last. Attributes are whole numbers known when compiling, in the order given.
public enum LibraryKernel {
    /// softmax(q·kᵀ / √d)·v for each index of the leading axes, without ever holding t × s numbers.
    ///
    /// Operands q \[…, t, d\], k \[…, s, d\], v \[…, s, e\] and, where masked, the pairs that may meet, bool \[…, t, s\];
    /// results \[…, t, e\] and for each row the logarithm of the sum that its weights were divided by, \[…, t\]. A row
    /// that may meet nobody is zero. Attributes: whether row i meets columns up to i alone; whether masked.
    ATTENTION("attention"),

    /// The gradients of [#ATTENTION] by q, k and v.
    ///
    /// Operands q, k, v, the mask where masked, both results, and the gradient of the first. Attributes as there.
    ATTENTION_GRADIENT("attention_gradient"),

    /// Convolution of images x \[b, h, w, n\] with weights \[p, q, n / groups, m\] → \[b, r, s, m\]. Attributes: strides,
    /// zeros above and to the left, and dilations, each by rows and columns; zeros below and to the right are as many as
    /// the result needs.
    CONVOLUTION("convolution"),

    /// The gradient of [#CONVOLUTION] by x: operands are the result's gradient and the weights. Attributes as there.
    CONVOLUTION_INPUT("convolution_input"),

    /// The gradient of [#CONVOLUTION] by the weights: operands are x and the result's gradient. Attributes as there.
    CONVOLUTION_WEIGHTS("convolution_weights"),

    /// The greatest element of what a window sees of each channel of x \[b, h, w, n\] → \[b, r, s, n\]. Attributes: rows and
    /// columns of the window, then those of [#CONVOLUTION]; what lies outside takes no part.
    MAX_POOL("max_pool"),

    /// The gradient of [#MAX_POOL] by x, to the first maximum: operands are x and the result's gradient.
    MAX_POOL_GRADIENT("max_pool_gradient"),

    /// The mean of what a window sees of each channel. Attributes as those of [#MAX_POOL], and whether zeros outside count.
    AVERAGE_POOL("average_pool"),

    /// The gradient of [#AVERAGE_POOL] by x: its operand is the result's gradient. Attributes as there.
    AVERAGE_POOL_GRADIENT("average_pool_gradient");

    /// Whether it hands over finished blocks of its only result to what follows, all channels of some pixels.
    public boolean hasEpilogue() {
        return switch (this) {
            case ATTENTION, ATTENTION_GRADIENT, CONVOLUTION_WEIGHTS -> false;
            case CONVOLUTION, CONVOLUTION_INPUT, MAX_POOL, MAX_POOL_GRADIENT, AVERAGE_POOL, AVERAGE_POOL_GRADIENT ->
                true;
        };
    }

    /// The most results that a kernel has.
    public static final int MAX_RESULTS = 3;

    private final String label;

    LibraryKernel(String label) {
        this.label = label;
    }

    /// What it is called in text.
    public String label() {
        return label;
    }
}
