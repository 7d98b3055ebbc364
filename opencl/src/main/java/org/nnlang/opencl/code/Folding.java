package org.nnlang.opencl.code;

import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// Writes how the work items of a group combine what each of them holds, by halves: from hand to hand where the device has
/// sub-groups, else through local memory.
final class Folding {
    private final Body body;
    private final int items;
    private final @Nullable SubGroup subGroup;

    /// @param items of a group
    Folding(Body body, int items, Target target) {
        this.body = body;
        this.items = items;
        SubGroup known = target.subGroup();
        subGroup = known != null && items % known.size() == 0 ? known : null;
    }

    /// Combines register `register` over `lanes` neighbouring work items; afterwards all of them hold the result. Local
    /// arrays `wf` and `wi` have an entry for each work item, `item` is its number and `lane` that among the lanes.
    ///
    /// Halves are combined in the same order with sub-groups and without, so bits do not depend on them.
    void lanes(int register, int lanes) {
        Reduce reduce = (Reduce) body.program.instruction(register);
        Reduction reduction = reduce.reduction();
        DType type = body.program.type(reduce.value());
        if (lanes == 1) {
            if (!reduction.isIndex()) {
                body.line("r" + register + " = " + Operations.result(reduction, type, "r" + register) + ";");
            }
        } else if (subGroup != null) {
            across(register, reduction, type, lanes, subGroup);
        } else {
            throughMemory(register, reduction, type, lanes);
        }
    }

    /// The first sub-group of the lanes takes what the others hold, if there are others, and combines it in registers.
    private void across(int register, Reduction reduction, DType type, int lanes, SubGroup how) {
        boolean isIndex = reduction.isIndex();
        String array = type.isFloat() ? "wf" : "wi";
        String c = Operations.type(type);
        String held = (isIndex ? "m" : "r") + register;
        String index = "r" + register;
        int parts = Math.max(1, lanes / how.size());
        if (parts > 1) {
            body.line(array + "[item] = " + held + ";");
            if (isIndex) {
                body.line("wx[item] = " + index + ";");
            }
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            body.open("if (lane < " + how.size() + ")");
            for (int part = 0; part < parts; part++) {
                body.line(c + " h" + part + " = " + array + "[item + " + part * how.size() + "];");
                if (isIndex) {
                    body.line("int x" + part + " = wx[item + " + part * how.size() + "];");
                }
            }
            for (int half = parts / 2; half > 0; half /= 2) {
                for (int part = 0; part < half; part++) {
                    combine(reduction, type, "h" + part, "x" + part, "h" + (part + half), "x" + (part + half));
                }
            }
            body.line(held + " = h0;");
            if (isIndex) {
                body.line(index + " = x0;");
            }
            body.close();
        }
        for (int hop = Math.min(lanes, how.size()) / 2; hop > 0; hop /= 2) {
            body.open("");
            body.line("const " + c + " other = nn_across" + (type.isFloat() ? "" : "_int") + "(" + held + ", " + hop
                    + ");");
            if (isIndex) {
                body.line("const int place = nn_across_int(" + index + ", " + hop + ");");
            }
            combine(reduction, type, held, index, "other", "place");
            body.close();
        }
        if (parts > 1) {
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            body.open("if (lane == 0)");
            body.line(array + "[item] = " + held + ";");
            if (isIndex) {
                body.line("wx[item] = " + index + ";");
            }
            body.close();
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
            body.line(held + " = " + array + "[item - lane];");
            if (isIndex) {
                body.line(index + " = wx[item - lane];");
            }
            body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        }
        if (!isIndex) {
            body.line(held + " = " + Operations.result(reduction, type, held) + ";");
        }
    }

    /// Combines what is held with another's; of two that are equal the one with the smaller index wins.
    private void combine(Reduction reduction, DType type, String held, String index, String other, String place) {
        if (!reduction.isIndex()) {
            body.line(held + " = " + Operations.combine(reduction, type, held, other) + ";");
            return;
        }
        String wins = Operations.beyond(reduction, type, other, held);
        String loses = Operations.beyond(reduction, type, held, other);
        body.line("if (" + wins + " || (!" + loses + " && " + place + " < " + index + ")) { " + held + " = " + other
                + "; " + index + " = " + place + "; }");
    }

    private void throughMemory(int register, Reduction reduction, DType type, int lanes) {
        boolean isIndex = reduction.isIndex();
        String array = type.isFloat() ? "wf" : "wi";
        String held = (isIndex ? "m" : "r") + register;
        // Indices have local memory of their own, since those of ints would share `wi`.
        String index = "r" + register;
        String keep = array + "[item] = " + held + ";" + (isIndex ? " wx[item] = " + index + ";" : "");
        body.line(keep);
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        body.open("for (int hop = " + lanes / 2 + "; hop > 0; hop >>= 1)");
        body.open("if (lane < hop)");
        body.line("const " + Operations.type(type) + " other = " + array + "[item + hop];");
        if (isIndex) {
            body.line("const int place = wx[item + hop];");
        }
        combine(reduction, type, held, index, "other", "place");
        body.line(keep);
        body.close();
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
        body.close();
        String all = array + "[item - lane]";
        body.line(held + " = " + (isIndex ? all : Operations.result(reduction, type, all)) + ";");
        if (isIndex) {
            body.line(index + " = wx[item - lane];");
        }
        body.line("barrier(CLK_LOCAL_MEM_FENCE);");
    }

    /// A kernel's source; it says where it needs sub-groups.
    String source(String signature) {
        String text = signature + " {\n" + body.text + "}\n";
        return subGroup != null && text.contains("nn_across")
                ? text.replace("__kernel ", "__kernel " + subGroup.attribute())
                : text;
    }

    /// The local arrays that a program's reductions need.
    ///
    /// @param rows how many elements each work item brings where rows are combined, or 0 where that needs none
    void declare(int rows) {
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
                    floats |= rows > 0 && body.program.type(value).isFloat();
                    ints |= rows > 0 && !body.program.type(value).isFloat();
                }
                case org.nnlang.runtime.fused.Instruction.Load _,org.nnlang.runtime.fused.Instruction.Apply _,org.nnlang.runtime.fused.Instruction.Own _,org.nnlang.runtime.fused.Instruction.Constant _,org.nnlang.runtime.fused.Instruction.Size _,org.nnlang.runtime.fused.Instruction.ColumnIndex _,org.nnlang.runtime.fused.Instruction.OuterIndex _,org.nnlang.runtime.fused.Instruction.Store _ ->
                    {
                    }
            }
        }
        int most = items * (body.program.reducesRows() ? Math.max(1, rows) : 1);
        if (floats) {
            body.line("__local float wf[" + most + "];");
        }
        if (ints) {
            body.line("__local int wi[" + most + "];");
        }
        if (indices) {
            body.line("__local int wx[" + items + "];");
        }
        if (subGroup != null) {
            body.line(subGroup.locals(items));
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
