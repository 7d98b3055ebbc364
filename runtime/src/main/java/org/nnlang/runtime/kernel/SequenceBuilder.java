package org.nnlang.runtime.kernel;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.kernel.Sequence.Op;
import org.nnlang.runtime.kernel.Sequence.Step;

/// Writes a [Sequence] down as nested calls; a constant used twice is one step.
final class SequenceBuilder {
    private final String name;
    private final int inputs;
    private final List<Step> steps = new ArrayList<>();

    SequenceBuilder(String name, int inputs) {
        this.name = name;
        this.inputs = inputs;
    }

    /// A float value.
    record F(int id) {}

    /// An int value.
    record I(int id) {}

    /// The outcome of a comparison.
    record M(int id) {}

    F input(int number) {
        return new F(number);
    }

    Sequence build(F result) {
        if (result.id != inputs + steps.size() - 1) {
            throw new IllegalStateException(name + ": the result is not the last step");
        }
        return new Sequence(name, inputs, steps);
    }

    F f(float value) {
        return new F(constant(Op.FLOAT, Float.floatToRawIntBits(value)));
    }

    I i(int value) {
        return new I(constant(Op.INT, value));
    }

    F add(F a, F b) {
        return new F(step(Op.ADD, a.id, b.id, 0, 0));
    }

    F sub(F a, F b) {
        return new F(step(Op.SUB, a.id, b.id, 0, 0));
    }

    F mul(F a, F b) {
        return new F(step(Op.MUL, a.id, b.id, 0, 0));
    }

    F div(F a, F b) {
        return new F(step(Op.DIV, a.id, b.id, 0, 0));
    }

    F fma(F a, F b, F c) {
        return new F(step(Op.FMA, a.id, b.id, c.id, 0));
    }

    F abs(F a) {
        return new F(step(Op.ABS, a.id, 0, 0, 0));
    }

    I bits(F a) {
        return new I(step(Op.BITS, a.id, 0, 0, 0));
    }

    F value(I a) {
        return new F(step(Op.VALUE, a.id, 0, 0, 0));
    }

    I add(I a, I b) {
        return new I(step(Op.IADD, a.id, b.id, 0, 0));
    }

    I sub(I a, I b) {
        return new I(step(Op.ISUB, a.id, b.id, 0, 0));
    }

    I and(I a, I b) {
        return new I(step(Op.IAND, a.id, b.id, 0, 0));
    }

    I xor(I a, I b) {
        return new I(step(Op.IXOR, a.id, b.id, 0, 0));
    }

    I shl(I a, int places) {
        return new I(step(Op.SHL, a.id, 0, 0, places));
    }

    I shr(I a, int places) {
        return new I(step(Op.SHR, a.id, 0, 0, places));
    }

    M lt(F a, F b) {
        return new M(step(Op.LT, a.id, b.id, 0, 0));
    }

    M le(F a, F b) {
        return new M(step(Op.LE, a.id, b.id, 0, 0));
    }

    M eq(F a, F b) {
        return new M(step(Op.EQ, a.id, b.id, 0, 0));
    }

    M eq(I a, I b) {
        return new M(step(Op.IEQ, a.id, b.id, 0, 0));
    }

    F blend(M mask, F yes, F no) {
        return new F(step(Op.BLEND, mask.id, yes.id, no.id, 0));
    }

    /// The polynomial with these coefficients, the highest power's first, by Horner's rule.
    F horner(F x, double... coefficients) {
        F sum = f((float) coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = fma(sum, x, f((float) coefficients[i]));
        }
        return sum;
    }

    private int constant(Op op, int literal) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).op() == op && steps.get(i).literal() == literal) {
                return inputs + i;
            }
        }
        return step(op, 0, 0, 0, literal);
    }

    private int step(Op op, int a, int b, int c, int literal) {
        String prefix = switch (op) {
            case FLOAT, INT -> "k";
            default ->
                switch (op.result()) {
                    case FLOAT -> "f";
                    case INT -> "i";
                    case MASK -> "m";
                };
        };
        steps.add(new Step(op, a, b, c, literal, prefix + steps.size()));
        return inputs + steps.size() - 1;
    }
}
