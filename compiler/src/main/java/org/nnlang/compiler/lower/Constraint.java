package org.nnlang.compiler.lower;

import java.util.SortedSet;
import java.util.function.ToLongFunction;
import org.nnlang.compiler.source.Span;

/// A `require`, or a division in a shape, that depends on a free dimension: checked when a program is bound to its
/// sizes.
///
/// @param message what to tell when it does not hold
public record Constraint(SizeCondition condition, String message, Span span) {
    public boolean holds(ToLongFunction<String> sizes) {
        return condition.holds(sizes);
    }

    /// The free dimensions it depends on.
    public SortedSet<String> symbols() {
        return condition.symbols();
    }
}
