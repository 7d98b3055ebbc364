package org.nnlang.compiler.lower;

import java.util.List;
import org.nnlang.compiler.ir.Procedure;

/// A `model`, elaborated for given hyper-parameters, outside training.
///
/// Procedure inputs: the model's, by their names, of the types in the nodes; their free dimensions keep the names of
/// the declaration. Outputs: `out`, or the names of a tuple. Updates: states that the model assigns outside training.
///
/// @param layers the layers it applies, each before those in it
/// @param init no inputs; one update for each variable: its first value
public record ModelProgram(
        String name,
        String documentation,
        List<Hyperparameter> hyperparameters,
        List<ProgramVariable> variables,
        Procedure init,
        Procedure apply,
        List<Constraint> constraints,
        List<LayerUse> layers) {
    public ModelProgram {
        hyperparameters = List.copyOf(hyperparameters);
        variables = List.copyOf(variables);
        constraints = List.copyOf(constraints);
        layers = List.copyOf(layers);
    }
}
