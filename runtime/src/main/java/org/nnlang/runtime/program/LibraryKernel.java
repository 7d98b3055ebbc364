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
    ATTENTION_GRADIENT("attention_gradient");

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
