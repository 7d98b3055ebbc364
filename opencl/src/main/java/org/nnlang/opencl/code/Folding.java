package org.nnlang.opencl.code;

import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// Writes how the work items of a group combine what each of them holds, through local memory, by halves.
final class Folding {
    private Folding() {}

    /// Combines register `register` over `lanes` neighbouring work items; afterwards all of them hold the result. Local
    /// arrays `wf` and `wi` have an entry for each work item, `item` is its number and `lane` that among the lanes.
    static void lanes(Body body, int register, int lanes) {
        Reduce reduce = (Reduce) body.program.instruction(register);
        Reduction reduction = reduce.reduction();
        DType type = body.program.type(reduce.value());
        if (lanes == 1) {
            if (!reduction.isIndex()) {
                body.line("r" + register + " = " + Operations.result(reduction, type, "r" + register) + ";");
            }
            return;
        }
        String array = type.isFloat() ? "wf" : "wi";
        if (!reduction.isIndex()) {
            String held = "r" + register;
            body.line(array + "[item] = " + held + ";");
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            body.open("for (int hop = " + lanes / 2 + "; hop > 0; hop >>= 1)");
            body.open("if (lane < hop)");
            body.line("const " + Operations.type(type) + " other = " + array + "[item + hop];");
            body.line(held + " = " + Operations.combine(reduction, type, held, "other") + ";");
            body.line(array + "[item] = " + held + ";");
            body.close();
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            body.close();
            body.line(held + " = " + Operations.result(reduction, type, array + "[item - lane]") + ";");
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            return;
        }
        // Indices have local memory of their own, since those of ints would share `wi`.
        String held = "m" + register;
        String index = "r" + register;
        body.line(array + "[item] = " + held + ";");
        body.line("wx[item] = " + index + ";");
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        body.open("for (int hop = " + lanes / 2 + "; hop > 0; hop >>= 1)");
        body.open("if (lane < hop)");
        body.line("const " + Operations.type(type) + " other = " + array + "[item + hop];");
        body.line("const int place = wx[item + hop];");
        String wins = Operations.beyond(reduction, type, "other", held);
        String loses = Operations.beyond(reduction, type, held, "other");
        body.line("if (" + wins + " || (!" + loses + " && place < " + index + ")) { " + held + " = other; " + index
                + " = place; }");
        body.line(array + "[item] = " + held + ";");
        body.line("wx[item] = " + index + ";");
        body.close();
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        body.close();
        body.line(held + " = " + array + "[item - lane];");
        body.line(index + " = wx[item - lane];");
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
    }

    /// The local arrays that a program's reductions need.
    static void declare(Body body, int items, boolean rows) {
        boolean floats = false;
        boolean ints = false;
        boolean indices = false;
        for (int register = 0; register < body.program.instructions().size(); register++) {
            switch (body.program.instruction(register)) {
                case Reduce(Reduction reduction, int value) -> {
                    floats |= body.program.type(value).isFloat();
                    ints |= !body.program.type(value).isFloat();
                    indices |= reduction.isIndex();
                }
                case org.nnlang.runtime.fused.Instruction.ReduceRows(_, _, int value) -> {
                    floats |= rows && body.program.type(value).isFloat();
                    ints |= rows && !body.program.type(value).isFloat();
                }
                case org.nnlang.runtime.fused.Instruction.Load _,org.nnlang.runtime.fused.Instruction.Apply _,org.nnlang.runtime.fused.Instruction.Own _,org.nnlang.runtime.fused.Instruction.Constant _,org.nnlang.runtime.fused.Instruction.Size _,org.nnlang.runtime.fused.Instruction.ColumnIndex _,org.nnlang.runtime.fused.Instruction.OuterIndex _,org.nnlang.runtime.fused.Instruction.Store _ ->
                    {
                    }
            }
        }
        if (floats) {
            body.line("__local float wf[" + items + "];");
        }
        if (ints) {
            body.line("__local int wi[" + items + "];");
        }
        if (indices) {
            body.line("__local int wx[" + items + "];");
        }
    }

    /// Declares the results of the program's reductions, as they are before the first element.
    static void results(Body body) {
        for (int register = 0; register < body.program.instructions().size(); register++) {
            if (body.program.instruction(register) instanceof Reduce) {
                result(body, register);
            }
        }
    }

    /// Declares the result of one reduction.
    static void result(Body body, int register) {
        Reduce reduce = (Reduce) body.program.instruction(register);
        DType type = body.program.type(reduce.value());
        String identity = Operations.identity(reduce.reduction(), type);
        if (reduce.reduction().isIndex()) {
            body.line(Operations.type(type) + " m" + register + " = " + identity + ";");
            body.line("int r" + register + " = 0;");
        } else {
            body.line(Operations.type(type) + " r" + register + " = " + identity + ";");
        }
    }
}
