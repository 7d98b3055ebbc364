package org.nnlang.runtime.operation;

import java.util.List;
import java.util.Optional;

/// An operation on elements that host code adds to the language: a function of one, two or three numbers, written in
/// Java or Kotlin, which programs call by its name.
///
/// Implement [Unary], [Binary] or [Ternary] in a public class with a public constructor that takes nothing:
///
/// ```java
/// public final class Arctangent implements Operation.Unary {
///     public String name() {
///         return "arctan";
///     }
///
///     public double apply(double x) {
///         return StrictMath.atan(x);
///     }
///
///     public List<String> gradients() {
///         return List.of("1 / (1 + x^2)");
///     }
/// }
/// ```
///
/// Name it in `META-INF/services/org.nnlang.runtime.operation.Operation`, or in a module descriptor by `provides
/// org.nnlang.runtime.operation.Operation with …`, and put its jar on the class path: of a Java program, or of `nn` by
/// `--class-path`. Then `arctan(h)` stands in a program for a tensor of the shape of `h`. Operands are f32 tensors that
/// broadcast as those of `+` do, or numbers; a call of numbers alone is a number.
///
/// An operation computes in double precision, and each result is rounded to f32 once. It must depend on its operands alone: it is called
/// from several threads, in any order, also with operands of the runtime's choice that warm it up, and what depends on constants may be computed while compiling. `StrictMath`
/// gives the same bits on every machine, `Math` on every run of one. It must not throw; where it has no value, it
/// returns NaN.
///
/// `org.nnlang.OperationCheck` compares the gradients with what the operation computes: call it in a test.
public sealed interface Operation {
    /// What programs call it: a small letter, then letters, digits and `_`. It must not be the name of anything that the
    /// language or its standard library has; a program may declare something of the same name, which hides it.
    String name();

    /// What it computes, in a sentence, for `:doc` of `nn repl`.
    default String documentation() {
        return "an operation written in Java";
    }

    /// The derivatives of the result by each operand, in their order: expressions of the language, which may use the
    /// operands ([Unary] `x`, [Binary] `a` and `b`, [Ternary] `a`, `b` and `c`), the result `y`, and every function of elements that
    /// programs may call, other operations like this one included. As they are expressions, they have derivatives themselves.
    ///
    /// A derivative that only Java can compute is an operation of its own, which is named here: `List.of("airy_slope(x)")`.
    /// An operand by which nothing should be differentiated has the derivative `"0"`.
    ///
    /// An empty list says that there is no derivative: a program that asks for one is wrong (NN0620).
    default List<String> gradients() {
        return List.of();
    }

    /// The same in OpenCL C, an expression of `float`s under the names that [#gradients] uses: `"atan(x)"`. Without one,
    /// programs with the operation run on the processor alone (NN0874). Devices compute with their own precision.
    default Optional<String> openCl() {
        return Optional.empty();
    }

    /// The names of the operands in calls and in gradients.
    List<String> operands();

    /// Its value for operands in their order, as many as there are [#operands].
    double apply(double[] operands);

    /// An operation on one number.
    non-sealed interface Unary extends Operation {
        /// The value at `x`.
        double apply(double x);

        @Override
        default List<String> operands() {
            return List.of("x");
        }

        @Override
        default double apply(double[] operands) {
            return apply(operands[0]);
        }
    }

    /// An operation on two numbers.
    non-sealed interface Binary extends Operation {
        /// The value at `a` and `b`.
        double apply(double a, double b);

        @Override
        default List<String> operands() {
            return List.of("a", "b");
        }

        @Override
        default double apply(double[] operands) {
            return apply(operands[0], operands[1]);
        }
    }

    /// An operation on three numbers.
    non-sealed interface Ternary extends Operation {
        /// The value at `a`, `b` and `c`.
        double apply(double a, double b, double c);

        @Override
        default List<String> operands() {
            return List.of("a", "b", "c");
        }

        @Override
        default double apply(double[] operands) {
            return apply(operands[0], operands[1], operands[2]);
        }
    }
}
