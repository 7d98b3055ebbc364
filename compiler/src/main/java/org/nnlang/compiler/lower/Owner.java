package org.nnlang.compiler.lower;

/// Who owns weights: a layer, or the whole program.
sealed interface Owner permits LayerInstance, Owner.Program {
    /// What the names of its weights begin with: `encoder.fc1.`, or nothing for the whole program.
    String prefix();

    /// A `train`, a `test`, or a model that is compiled alone.
    ///
    /// @param scope distinguishes the metric layers of a `step` from those of a `validate` and a `test`: `validate.`, mostly empty
    record Program(String scope) implements Owner {
        @Override
        public String prefix() {
            return scope;
        }
    }
}
