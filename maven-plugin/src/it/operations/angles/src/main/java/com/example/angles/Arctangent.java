package com.example.angles;

import java.util.List;
import org.nnlang.runtime.operation.Operation;

/// The angle whose tangent is `x`.
public final class Arctangent implements Operation.Unary {
    @Override
    public String name() {
        return "arctan";
    }

    @Override
    public double apply(double x) {
        return StrictMath.atan(x);
    }

    @Override
    public List<String> gradients() {
        return List.of("1 / (1 + x^2)");
    }
}
