package org.nnlang.runtime.fused;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The vectors that generated kernels are made of: those the machine is best at. Constants, so that C2 sees through them.
@SuppressWarnings("exports") // whoever loads this class has the vector module
public final class PreferredSpecies {
    /// Vectors of f32.
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /// Vectors of as many i32.
    public static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    /// Lanes of either.
    public static final int LENGTH = FLOATS.length();

    private PreferredSpecies() {}
}
