package org.nnlang.compiler.bytecode;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Vectors of 512 bits for generated code.
public final class Species512 {
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
    public static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
    public static final int LENGTH = FLOATS.length();

    private Species512() {}
}
