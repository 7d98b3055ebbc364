package org.nnlang.runtime.kernel;

/// Vector code that is rehearsed, and changed to, together ([VectorTier]), in this order.
enum VectorPart {
    /// Products, transpositions and rows of attention: what nearly every program runs, and most of its steps consist of.
    PRODUCTS,
    /// A convolution's gradient by its weights.
    SLOPES,
    /// Pooling and its gradients.
    POOLING,
    /// Random numbers.
    DRAWS,
    /// What products call seldom, as a register tile for the last rows of a matrix. It runs when they do; rehearsed, it makes no objects.
    SELDOM;

    private volatile boolean vectors = Machine.vectors() && Machine.startsWithVectors();
    private volatile boolean wanted;
    private volatile boolean rehearsed;

    /// Whether it runs on vectors.
    boolean vectors() {
        return vectors;
    }

    /// From now on runs on vectors, or on plain loops.
    void use(boolean withVectors) {
        vectors = withVectors;
    }

    /// Whether its compilation is worth anything, and has not been waited for yet.
    boolean isOpen() {
        return wanted && !rehearsed;
    }

    void want() {
        wanted = true;
    }

    void rehearsed(boolean now) {
        rehearsed = now;
    }
}
