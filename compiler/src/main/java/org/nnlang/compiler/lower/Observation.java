package org.nnlang.compiler.lower;

import org.nnlang.compiler.ir.Node;

/// What somebody who looks on may want to know of a `step` or `validate` besides its reports. Its nodes stem from the loop's inputs and
/// the variables; where the loop itself has no use for one, nobody computes it.
public sealed interface Observation {

    /// The gradient of a loss by a parameter, before any clipping; where several `minimize` train one parameter, of the last.
    ///
    /// @param parameter its full name
    record Gradient(String parameter, Node value) implements Observation {}

    /// What a Schedule of an optimizer is in this step, an f32 scalar.
    ///
    /// @param name of the `minimize`'s optimizer and of its hyper-parameter, such as `adam.lr`
    record Schedule(String name, Node value) implements Observation {}

    /// Answers that were held against the truth: the operands of a function whose second input is called `label` or `target`, as
    /// those of the library's losses and metrics are.
    ///
    /// @param truth depends on no parameter
    record Judged(String function, Node answer, Node truth) implements Observation {}
}
