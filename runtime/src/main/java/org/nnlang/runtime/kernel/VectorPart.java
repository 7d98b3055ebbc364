package org.nnlang.runtime.kernel;

/// Vector code that is rehearsed, and changed to, together ([VectorTier]), in this order.
enum VectorPart {
    /// A convolution's gradient by its weights.
    SLOPES,
    /// Pooling and its gradients.
    POOLING,
    /// Products, transpositions and rows of attention: what nearly every program runs. What most of a step consists of changes before
    /// all other parts, what is called seldom has time.
    PRODUCTS;

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
