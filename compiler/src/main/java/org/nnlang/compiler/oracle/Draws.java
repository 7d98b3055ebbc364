package org.nnlang.compiler.oracle;

import org.nnlang.compiler.ir.Form;

/// Where random numbers come from.
@FunctionalInterface
public interface Draws {
    /// The first `count` draws of a stream, the same ones whenever it is asked.
    double[] draw(Form.Distribution distribution, long stream, int count);
}
