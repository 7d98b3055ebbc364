package org.nnlang.compiler.oracle;

import org.nnlang.compiler.ir.Form;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.kernel.Team;

/// The draws of a training step, the very ones that the runtime makes.
///
/// @param team what makes them
/// @param step the training step, from 1
public record PhiloxDraws(Team team, long seed, int step) implements Draws {
    @Override
    public double[] draw(Form.Distribution distribution, long stream, int count) {
        var values = new float[count];
        long key = Philox.key(seed, stream);
        switch (distribution) {
            case UNIFORM -> Philox.uniform(team, key, 0, step, values, 0, count);
            case NORMAL -> Philox.normal(team, key, 0, step, values, 0, count);
        }
        var result = new double[count];
        for (int i = 0; i < count; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
