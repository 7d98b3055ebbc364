package org.nnlang.compiler.lower;

import java.util.List;
import org.nnlang.compiler.ir.TensorType;

/// A layer applied once, for an overview of a program.
///
/// @param name full, as its weights' names begin: `encoder.fc1`
/// @param layer the declaration's name: `Dense`
/// @param depth how many layers it was applied in
/// @param results the types of what it gives
public record LayerUse(String name, String layer, int depth, List<TensorType> results) {
    public LayerUse {
        results = List.copyOf(results);
    }
}
