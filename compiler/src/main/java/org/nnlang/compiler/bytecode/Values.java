package org.nnlang.compiler.bytecode;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.bytecode.MethodCode.Local;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Instruction.Constant;
import org.nnlang.runtime.tensor.DType;

/// Which variable of a method holds which register. Uniform registers are scalars; varying ones are vectors in the loop
/// over vectors, and scalars in the loop over what is left.
final class Values {
    private final FusedProgram program;
    private final Map<Integer, Local> uniform = new HashMap<>();
    private final Map<Integer, Local> varying = new HashMap<>();

    Values(FusedProgram program) {
        this.program = program;
    }

    FusedProgram program() {
        return program;
    }

    DType type(int register) {
        return program.type(register);
    }

    boolean isVarying(int register) {
        return program.isVarying(register);
    }

    /// The bits of a literal, or null where the register is none.
    @Nullable
    Integer literal(int register) {
        return program.instruction(register) instanceof Constant constant ? (Integer) constant.bits() : null;
    }

    void put(int register, Local local) {
        (isVarying(register) ? varying : uniform).put(register, local);
    }

    Local get(int register) {
        Local local = (isVarying(register) ? varying : uniform).get(register);
        if (local == null) {
            throw new IllegalStateException("register " + register + " of " + program.name() + " has no value yet");
        }
        return local;
    }

    /// Forgets varying registers: another loop begins.
    void forgetVarying() {
        varying.clear();
    }
}
