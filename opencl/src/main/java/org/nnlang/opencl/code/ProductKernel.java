package org.nnlang.opencl.code;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.Instruction;
import org.nnlang.runtime.program.Step;

/// Matrix products C = op(A) · op(B). A group of work items makes a block of C: it walks through k in slices of A and B,
/// which lie in local memory with k outermost, the next slice being read while the present one is multiplied. What
/// follows the product is done by the work items that hold its elements.
final class ProductKernel {
    private final Target target;
    private final @Nullable Space after;
    private final int m;
    private final int n;
    private final int k;
    private final int count;
    private final Side a;
    private final Side b;
    private final Side c;
    private final List<int[]> outer;
    private final long items;
    private final Tiling tiling;
    private final @Nullable TensorTile tensor;
    private final boolean halves;
    private final TileLoads loads;

    /// A matrix.
    ///
    /// @param startsAligned whether its first element lies at a multiple of four
    /// @param alongK whether neighbours in memory are neighbours along k
    /// @param pitch from one stored row to the next
    /// @param stride from one item of the batch to the next
    /// @param gather what reads four neighbours, where no pitch tells where rows lie
    record Side(Location place, boolean startsAligned, boolean alongK, int pitch, int stride,
            @Nullable String gather) {
        String pointer() {
            return place.pointer();
        }
    }

    /// @param count how many products begin one after the other, and so on for each of `outer`
    /// @param wanted how to cut them, or null for what is best
    private ProductKernel(
            Shape shape, int count, List<int[]> outer, Side a, Side b, Side c, @Nullable Space after,
            @Nullable Tiling wanted, Target target) {
        this.target = target;
        this.after = after;
        Shape.Size size = shape.size();
        m = size.m();
        n = size.n();
        k = size.k();
        items = size.count();
        this.count = count;
        this.outer = outer;
        this.a = a;
        this.b = b;
        this.c = c;
        boolean tensors = wanted == null && TensorTile.suits(target);
        tiling = wanted != null ? wanted
                : tensors ? TensorTile.tiling(m, n, k, items, target)
                : target.tiling(shape);
        halves = tensors ? TensorTile.holdsHalves(target) : target.halves() != null;
        tensor = tensors ? new TensorTile(tiling, halves) : null;
        loads = new TileLoads(tiling, k, depthOfSplit(), halves);
    }

    /// A product by itself, to be measured.
    static List<Launch> of(ProductShape shape, Tiling tiling, Target target) {
        int m = shape.m();
        int n = shape.n();
        int k = shape.k();
        boolean left = shape.leftTransposed();
        boolean right = shape.rightTransposed();
        return gathered(
                shape, tiling, new Side(Shape.location(0), true, !left, left ? m : k, m * k, null),
                new Side(Shape.location(1), true, right, right ? k : n, k * n, null),
                new Side(Shape.location(2), true, false, n, m * n, null), "", null, target);
    }

    /// C = A · B for matrices of which some are gathered.
    ///
    /// @param shape how large they are, and how many; what a gathering function reads begins at its matrix's `stride` times the
    ///     number
    /// @param wanted how to cut them, or null for what is best
    /// @param functions that sides name as theirs: given the pointer, the place across k and that along it, the first of four
    ///     neighbours
    /// @param after the space of what follows them, or null
    static List<Launch> gathered(
            Shape shape, @Nullable Tiling wanted, Side a, Side b, Side c, String functions, @Nullable Space after,
            Target target) {
        int count = Math.toIntExact(shape.size().count());
        return new ProductKernel(shape, count, List.of(), a, b, c, after, wanted, target).launches(functions);
    }

    private static Side side(Step.Matrix matrix, boolean alongK, Layout layout) {
        return new Side(
                layout.location(matrix.place()), layout.isAligned(matrix.place()), alongK,
                layout.get(matrix.rowStride()),
                layout.get(matrix.itemStride()), null);
    }

    /// @param after the space of the step's epilogue, or null
    static List<Launch> of(Step.Product step, @Nullable Space after, Layout layout, Target target,
            @Nullable Tiling tiling) {
        List<int[]> outer = new ArrayList<>();
        for (Step.Batch batch : step.outer()) {
            outer.add(new int[] {
                layout.get(batch.size()), layout.get(batch.aStride()), layout.get(batch.bStride()),
                layout.get(batch.cStride())});
        }
        return new ProductKernel(
                ProductShape.of(step, layout), layout.get(step.count()), outer,
                side(step.a(), !step.transA(), layout), side(step.b(), step.transB(), layout),
                side(step.c(), false, layout), after, tiling, target).launches("");
    }

    private List<Launch> launches(String functions) {
        List<Launch> launches = new ArrayList<>();
        if (m == 0 || n == 0 || items == 0) {
            return launches;
        }
        boolean inside = after != null && epilogueOperand() >= 0;
        Launch product = launch(inside && tiling.splits() == 1);
        launches.add(new Launch(
                functions + product.source(), product.arguments(), product.global(), product.local(),
                product.scratch()));
        if (tiling.splits() > 1) {
            launches.add(sum(inside));
        }
        if (after != null && !inside) {
            launches.addAll(Translation.loop(after, target));
        }
        return launches;
    }

    /// The operand of the epilogue that is this product, element for element; -1 where that is not certain.
    private int epilogueOperand() {
        Space space = after;
        if (space == null || !space.program.isElementwise() || !outer.isEmpty() || space.columns != n
                || space.rows() != items * m
                || (count > 1 && (c.stride != (long) m * c.pitch))) {
            return -1;
        }
        int found = -1;
        for (Instruction instruction : space.program.instructions()) {
            if (!(instruction instanceof Instruction.Load(int operand))) {
                continue;
            }
            Space.Access access = space.accesses.get(operand);
            if (!access.at().equals(c.place)) {
                continue;
            }
            long expected = c.pitch;
            boolean same = access.columnStride() == 1 || n == 1;
            for (int d = space.outer.length - 1; d >= 0; d--) {
                same &= access.strides()[d] == expected || space.outer[d] == 1;
                expected *= space.outer[d];
            }
            if (!same) {
                return -1;
            }
            found = operand;
        }
        return found;
    }

    /// Whether the epilogue itself writes every element of the product's memory, so that the product need not.
    private boolean isOverwritten() {
        Space space = after;
        if (space == null) {
            return false;
        }
        for (Instruction instruction : space.program.instructions()) {
            if (instruction instanceof Instruction.Store(int operand, _)) {
                Space.Access access = space.accesses.get(operand);
                boolean same = access.at().equals(c.place)
                        && (access.columnStride() == 1 || n == 1);
                long expected = c.pitch;
                for (int d = space.outer.length - 1; d >= 0; d--) {
                    same &= access.strides()[d] == expected || space.outer[d] == 1;
                    expected *= space.outer[d];
                }
                if (same) {
                    return true;
                }
            }
        }
        return false;
    }

    /// All tilings that share the walk through k among as many groups part it at the same places, hence give the same bits.
    private int depthOfSplit() {
        int unit = Math.max(Tiling.DEEPEST, tiling.depth());
        int slices = (k + unit - 1) / unit;
        return (slices + tiling.splits() - 1) / tiling.splits() * unit;
    }

    private Launch launch(boolean withEpilogue) {
        int bm = tiling.rows();
        int bn = tiling.columns();
        int bk = tiling.depth();
        int tm = tiling.itemRows();
        int tn = tiling.itemColumns();
        int group = tiling.items();
        int across = bn / tn;
        boolean splits = tiling.splits() > 1;
        List<Argument> arguments = new ArrayList<>();
        var text = new StringBuilder();
        Body body = withEpilogue && after != null ? new Body(after, 4) : null;
        // The epilogue's columns are the product's, so four neighbours are one row's only if rows have whole fours.
        int width = n % 4 == 0 ? 4 : 1;
        if (body != null) {
            body = new Body(Objects.requireNonNull(after), width).productIs(epilogueOperand(), "cv");
        }
        String signature = signature(body, arguments, splits, group);
        text.append(signature).append(" {\n");
        String array = halves ? "    __local uint " : "    __local float ";
        String pad = "[" + (halves ? bk / 2 : bk) + "][";
        int padding = tensor != null ? TensorTile.PADDING : 4;
        text.append(array).append("As[2]").append(pad).append(bm + padding)
                .append("] __attribute__((aligned(16)));\n");
        text.append(array).append("Bs[2]").append(pad).append(bn + padding)
                .append("] __attribute__((aligned(16)));\n");
        text.append("    const int item = get_local_id(0);\n");
        if (tensor != null) {
            text.append(Objects.requireNonNull(target.subGroup()).locals(group));
            text.append(Objects.requireNonNull(target.tensorCores()).locals(group));
            text.append(tensor.declare());
        }
        // A warp of 32 covers 4 by 8 work items, which together read the fewest floats of local memory.
        if (across % 8 == 0 && group >= 32 && bm / tm % 4 == 0) {
            text.append("    const int warp = item / 32, lane = item % 32;\n");
            text.append("    const int tx = warp % ").append(across / 8).append(" * 8 + lane % 8;\n");
            text.append("    const int ty = warp / ").append(across / 8).append(" * 4 + lane / 8;\n");
        } else {
            text.append("    const int tx = item % ").append(across).append(", ty = item / ").append(across)
                    .append(";\n");
        }
        int down = (m + bm - 1) / bm;
        int right = (n + bn - 1) / bn;
        text.append("    const int block = get_group_id(0);\n");
        // Blocks that run together lie together: 8 down, then right.
        int strip = Math.min(8, down);
        text.append("    const int strip = block / ").append(strip * right).append(";\n");
        text.append("    const int high = min(").append(strip).append(", ").append(down).append(" - strip * ")
                .append(strip)
                .append(");\n");
        text.append("    const int inside = block - strip * ").append(strip * right).append(";\n");
        text.append("    const int row0 = (strip * ").append(strip).append(" + inside % high) * ").append(bm)
                .append(";\n");
        text.append("    const int col0 = inside / high * ").append(bn).append(";\n");
        text.append("    const int which = get_group_id(1);\n");
        text.append("    const int split = get_group_id(2);\n");
        text.append("    int aAt = oA, bAt = oB, cAt = oC;\n");
        batch(text);
        int depth = depthOfSplit();
        text.append("    const int kFrom = split * ").append(depth).append(";\n");
        text.append("    const int kTo = ").append(splits ? "min(kFrom + " + depth + ", " + k + ")" : "" + k)
                .append(";\n");
        text.append("    __global const ").append(a.place.type()).append("* A = ").append(a.place.name())
                .append(" + aAt;\n");
        text.append("    __global const ").append(b.place.type()).append("* B = ").append(b.place.name())
                .append(" + bAt;\n");
        var registers = new RegisterTile(tiling, halves);
        int aLoads = loads.count(bm);
        int bLoads = loads.count(bn);
        text.append("    float4 ");
        for (int i = 0; i < aLoads; i++) {
            text.append(i == 0 ? "" : ", ").append("ra").append(i);
        }
        for (int i = 0; i < bLoads; i++) {
            text.append(", rb").append(i);
        }
        text.append(";\n");
        for (int i = 0; i < tm && tensor == null; i++) {
            for (int j = 0; j < tn / 4; j++) {
                text.append("    float4 c").append(i).append('_').append(j).append(" = (float4)(0.0f);\n");
            }
        }
        var tileA = new TileLoads.Tile("A", a, "row0", m, bm, isAligned(a, 1));
        var tileB = new TileLoads.Tile("B", b, "col0", n, bn, isAligned(b, 2));
        var loadA = loads.load(tileA);
        var loadB = loads.load(tileB);
        text.append("    int kk = kFrom;\n").append(loadA).append(loadB);
        text.append("    int stage = 0;\n");
        text.append(loads.keep(tileA)).append(loads.keep(tileB));
        text.append("    barrier(CLK_LOCAL_MEM_FENCE);\n");
        text.append("    for (; kk < kTo; ) {\n");
        text.append("    kk += ").append(bk).append(";\n");
        text.append("    if (kk < kTo) {\n").append(loadA).append(loadB).append("    }\n");
        text.append(target.gpu() ? "    #pragma unroll\n" : "");
        text.append(tensor != null ? tensor.multiply() : registers.multiply());
        text.append("    if (kk < kTo) {\n    stage ^= 1;\n");
        text.append(loads.keep(tileA)).append(loads.keep(tileB));
        text.append("    barrier(CLK_LOCAL_MEM_FENCE);\n    }\n    }\n");
        Body epilogue = body;
        BiConsumer<StringBuilder, String> write = (into, four) -> {
            into.append("    if (i < ").append(m).append(") {\n");
            if (splits) {
                partial(into, four);
            } else {
                result(into, four, epilogue);
            }
            into.append("    }\n");
        };
        if (tensor != null) {
            tensor.results(text, write);
        } else {
            registers.results(text, write);
        }
        text.append("}\n");
        long scratch = splits ? tiling.splits() * items * m * n : 0;
        return Launch.of(text.toString(), arguments, (long) down * right, items, tiling.splits(), group, scratch);
    }

    private String signature(@Nullable Body body, List<Argument> arguments, boolean scratch, int group) {
        Set<String> pointers = new LinkedHashSet<>();
        List<String> parameters = new ArrayList<>();
        String head;
        if (body == null) {
            head = Body.head(group);
        } else {
            head = body.signature(arguments, false, group);
            head = head.substring(0, head.length() - 1);
            body.space.accesses.forEach(access -> {
                if (arguments.contains(access.at().memory())) {
                    pointers.add(access.at().name());
                }
            });
            parameters.add(head.substring(head.indexOf(Launch.NAME + "(") + Launch.NAME.length() + 1));
            head = head.substring(0, head.indexOf(Launch.NAME + "(") + Launch.NAME.length() + 1);
        }
        for (Side side : List.of(a, b, c)) {
            if (pointers.add(side.place.name())) {
                parameters.add(side.place.parameter());
                arguments.add(side.place.memory());
            }
        }
        parameters.add("const int oA, const int oB, const int oC");
        for (Side side : List.of(a, b, c)) {
            arguments.add(side.place.offset());
        }
        if (scratch) {
            parameters.add("__global float* sf");
            arguments.add(new Argument.Scratch());
        }
        return head + String.join(", ", parameters) + ")";
    }

    /// Moves the three matrices to those of item `which` of the batch.
    private void batch(StringBuilder text) {
        if (items == 1) {
            return;
        }
        if (count > 1) {
            text.append("    const int inner = which % ").append(count).append(";\n");
            text.append("    aAt += inner * ").append(a.stride).append("; bAt += inner * ").append(b.stride)
                    .append("; cAt += inner * ").append(c.stride).append(";\n");
        }
        text.append("    int rest = which / ").append(count).append(";\n");
        for (int d = outer.size() - 1; d >= 0; d--) {
            int[] axis = outer.get(d);
            text.append("    { const int at = rest % ").append(axis[0]).append("; rest /= ").append(axis[0])
                    .append("; aAt += at * ").append(axis[1]).append("; bAt += at * ").append(axis[2])
                    .append("; cAt += at * ").append(axis[3]).append("; }\n");
        }
    }

    /// Whether every fourth element along the direction in which a matrix lies begins at a multiple of four.
    ///
    /// @param place of the matrix's stride in the batch's dimensions
    private boolean isAligned(Side side, int place) {
        boolean aligned = side.startsAligned && side.pitch % 4 == 0 && (count == 1 || side.stride % 4 == 0);
        for (int[] axis : outer) {
            aligned &= axis[place] % 4 == 0;
        }
        return aligned;
    }

    /// Writes four elements of a share of the sum over k.
    private void partial(StringBuilder text, String four) {
        text.append("    __global float* p = sf + ((split * ").append(items).append(" + which) * ").append(m)
                .append(" + i) * ").append(n).append(" + j;\n");
        store(text, four, n % 4 == 0);
    }

    private void store(StringBuilder text, String four, boolean vector) {
        if (vector) {
            text.append("    if (j < ").append(n).append(") *(__global float4*)p = ").append(four).append(";\n");
        } else {
            for (int e = 0; e < 4; e++) {
                text.append("    if (j + ").append(e).append(" < ").append(n).append(") p[").append(e).append("] = ")
                        .append(four).append('.').append("xyzw".charAt(e)).append(";\n");
            }
        }
    }

    /// Writes four elements of the result, or what the epilogue makes of them.
    private void result(StringBuilder text, String four, @Nullable Body body) {
        boolean aligned = n % 4 == 0 && isAligned(c, 3);
        if (body == null || !isOverwritten()) {
            text.append("    __global float* p = ").append(c.pointer()).append(" + cAt + i * ").append(c.pitch)
                    .append(" + j;\n");
            store(text, four, aligned);
        }
        if (body == null) {
            return;
        }
        body.text.setLength(0);
        body.line("const uint row = which * " + m + " + i;");
        body.indices("row");
        body.bases();
        body.uniform(body.program.phases().getFirst(), "j == 0");
        if (body.width == 4) {
            body.open("if (j < " + n + ")");
            body.line("const int c0 = j;");
            body.line("const float cv[4] = {" + four + ".x, " + four + ".y, " + four + ".z, " + four + ".w};");
            body.elements(body.program.phases().getFirst(), new Body.Hooks("", ""));
            body.close();
        } else {
            body.line("const float all[4] = {" + four + ".x, " + four + ".y, " + four + ".z, " + four + ".w};");
            body.open("for (int u = 0; u < 4; u++)");
            body.line("const int c = j + u;");
            body.open("if (c < " + n + ")");
            body.line("const float cv = all[u];");
            body.elements(body.program.phases().getFirst(), new Body.Hooks("", ""));
            body.close();
            body.close();
        }
        text.append(body.text);
    }

    /// Adds up the shares of the sum over k, and does what follows the product.
    private Launch sum(boolean withEpilogue) {
        List<Argument> arguments = new ArrayList<>();
        int group = target.group();
        Space space = after;
        Body body = withEpilogue && space != null ? new Body(space, n % 4 == 0 ? 4 : 1) : null;
        if (body != null) {
            body.productIs(epilogueOperand(), "cv");
        }
        String signature = signature(body, arguments, true, group);
        long four = n % 4 == 0 ? n / 4 : (n + 3) / 4;
        long total = items * m * four;
        var text = new StringBuilder(signature).append(" {\n");
        text.append("    const uint at = get_global_id(0);\n    if (at >= ").append(total).append("u) return;\n");
        text.append("    const int j = at % ").append(four).append("u * 4;\n    const uint line = at / ").append(four)
                .append("u;\n");
        text.append("    const int i = line % ").append(m).append("u, which = line / ").append(m).append("u;\n");
        text.append("    float4 sum = (float4)(0.0f);\n");
        text.append("    for (int split = 0; split < ").append(tiling.splits()).append("; split++) {\n");
        text.append("        __global const float* p = sf + ((split * ").append(items).append(" + which) * ").append(m)
                .append(" + i) * ").append(n).append(" + j;\n");
        if (n % 4 == 0) {
            text.append("        sum += *(__global const float4*)p;\n");
        } else {
            text.append("        sum += (float4)(p[0], j + 1 < ").append(n).append(" ? p[1] : 0.0f, j + 2 < ").append(n)
                    .append(" ? p[2] : 0.0f, j + 3 < ").append(n).append(" ? p[3] : 0.0f);\n");
        }
        text.append("    }\n    int aAt = oA, bAt = oB, cAt = oC;\n");
        batch(text);
        result(text, "sum", body);
        text.append("}\n");
        return Launch.of(text.toString(), arguments, (total + group - 1) / group, group, 0);
    }
}
