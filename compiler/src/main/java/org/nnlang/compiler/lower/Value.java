package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;

/// What an expression is while a program is elaborated.
sealed interface Value {
    /// A whole number known when compiling, or a dimension.
    ///
    /// @param tags the names it has as a dimension
    record IntValue(Dim dim, List<Tag> tags) implements Value {
        IntValue(Dim dim) {
            this(dim, List.of());
        }

        static IntValue of(long value) {
            return new IntValue(Dim.of(value));
        }

        boolean isConstant() {
            return dim.isConstant();
        }

        long constant() {
            return dim.constant();
        }
    }

    /// A number known when compiling.
    ///
    /// @param exact the same as a dimension, where it is the quotient of two Ints without a rest: for shapes
    record FloatValue(double value, @Nullable Dim exact) implements Value {
        FloatValue(double value) {
            this(value, null);
        }
    }

    /// The quotient of two Ints of which one is a free dimension.
    ///
    /// @param exact as a dimension, where it can be one
    record Quotient(Dim numerator, Dim denominator, @Nullable Dim exact) implements Value {}

    /// What the division of two Ints leaves over, where one is a free dimension.
    record Remainder(Dim dividend, Dim divisor) implements Value {}

    record BoolValue(boolean value) implements Value {}

    /// A truth that is known once a program is bound to its sizes.
    record Condition(SizeCondition condition) implements Value {}

    record StringValue(String text) implements Value {}

    record ListValue(List<Value> elements) implements Value {
        public ListValue {
            elements = List.copyOf(elements);
        }
    }

    /// Several values, with names (null where one has none) for members.
    record TupleValue(List<@Nullable String> names, List<Value> elements) implements Value {
        public TupleValue {
            names = Collections.unmodifiableList(new ArrayList<>(names));
            elements = List.copyOf(elements);
        }
    }

    /// Something computed when the program runs.
    ///
    /// @param axes for each axis the names its dimension has
    record TensorValue(Node node, List<List<Tag>> axes) implements Value {
        public TensorValue {
            axes = List.copyOf(axes);
            if (axes.size() != node.type().rank()) {
                throw new IllegalArgumentException("names of " + axes.size() + " axes for " + node.type());
            }
        }

        TensorValue(Node node) {
            this(node, Tag.none(node.type().rank()));
        }

        TensorType type() {
            return node.type();
        }
    }

    /// Anything that can be called but a layer that has its hyper-parameters.
    record FunctionValue(Callable callable) implements Value {}

    /// A layer with its hyper-parameters, which owns weights.
    record LayerValue(LayerInstance layer) implements Value {}

    /// An optimizer with its hyper-parameters.
    record OptimizerValue(OptimizerInstance optimizer) implements Value {}

    record DataValue(DataExpression expression, DataHeader header) implements Value {}

    /// A module under its alias.
    record ModuleValue(org.nnlang.compiler.type.ModuleScope module) implements Value {}

    /// What a statement has.
    record UnitValue() implements Value {}

    /// What follows a mistake that has been reported, or, where a declaration is checked that nobody calls, something
    /// that only a call would give.
    record UnknownValue() implements Value {}

    UnknownValue UNKNOWN = new UnknownValue();
    UnitValue UNIT = new UnitValue();
}
