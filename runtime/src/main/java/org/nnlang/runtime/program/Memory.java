package org.nnlang.runtime.program;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.fused.FusedTiers;
import org.nnlang.runtime.fused.FusedWorkspace;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.Tensor;

/// The variables of a training, or of one model, with room for the parameters' gradients. Every [Instance] of a
/// procedure of that training works on the same memory.
public final class Memory {
    private final List<Variable> variables;
    private final Map<String, Variable> byName = new LinkedHashMap<>();
    private final float[][] floats = new float[Segment.COUNT][0];
    private final int[][] ints = new int[Segment.COUNT][0];
    private final long bytes;
    private final List<Shared> tiers = new ArrayList<>();
    private final HeldWeights held = new HeldWeights();
    private @Nullable FusedWorkspace workspace;
    private final @Nullable Accelerator accelerator;
    private final @Nullable DeviceMemory device;

    private record Shared(Image image, CompiledProgram program, Tier tier, FusedTiers kernels) {}

    /// Zeroed memory for variables whose places do not overlap.
    public Memory(List<Variable> variables) {
        this(variables, null);
    }

    /// Zeroed memory on a device, or on the heap where there is none. On a device, what is read and written here is copied
    /// from and to it, and segments have no arrays.
    ///
    /// @throws org.nnlang.runtime.NnException NN0862 where it does not fit
    public Memory(List<Variable> variables, @Nullable Accelerator accelerator) {
        this(variables, counts(variables), accelerator, (device, counts) -> device.allocate(
                List.copyOf(variables), counts.floats(), counts.ints()));
    }

    /// Zeroed memory for a model that nobody trains, hence without gradients.
    ///
    /// @param held how its weights were held that were not held as they are; a device may keep them in as few bytes, which
    ///     changes none of their values
    /// @throws org.nnlang.runtime.NnException NN0862 where it does not fit
    public Memory(Image model, Map<String, Storage> held, @Nullable Accelerator accelerator) {
        this(model.variables(), counts(model), accelerator, (device, counts) -> device.allocate(
                model, held, counts.floats(), counts.ints()));
    }

    private Memory(
            List<Variable> variables, Counts counts, @Nullable Accelerator accelerator,
            BiFunction<Accelerator, Counts, DeviceMemory> allocate) {
        this.variables = List.copyOf(variables);
        this.accelerator = accelerator;
        for (Variable variable : variables) {
            if (byName.put(variable.name(), variable) != null) {
                throw new IllegalArgumentException("two variables are called " + variable.name());
            }
        }
        int[] floatSizes = counts.floats();
        int[] intSizes = counts.ints();
        long all = 0;
        for (int segment = 0; segment < Segment.COUNT; segment++) {
            all += (long) (floatSizes[segment] + intSizes[segment]) * Float.BYTES;
        }
        bytes = all;
        device = accelerator == null ? null : allocate.apply(accelerator, counts);
        if (device != null) {
            return;
        }
        for (int segment = 0; segment < Segment.COUNT; segment++) {
            floats[segment] = Heap.floats(floatSizes[segment]);
            ints[segment] = Heap.ints(intSizes[segment]);
        }
    }

    /// How many elements each segment has.
    @SuppressWarnings("ArrayRecordComponent")
    record Counts(int[] floats, int[] ints) {}

    static Counts counts(List<Variable> variables) {
        int[] floatSizes = new int[Segment.COUNT];
        int[] intSizes = new int[Segment.COUNT];
        for (Variable variable : variables) {
            int[] sizes = variable.dtype().isFloat() ? floatSizes : intSizes;
            int segment = variable.segment().ordinal();
            sizes[segment] = Math.max(sizes[segment], Math.addExact(variable.offset(), variable.size()));
        }
        floatSizes[Segment.GRADIENTS.ordinal()] = floatSizes[Segment.PARAMETERS.ordinal()];
        return new Counts(floatSizes, intSizes);
    }

    private static Counts counts(Image model) {
        Counts counts = counts(model.variables());
        if (!WrittenPlaces.segments(model).contains(Segment.GRADIENTS)) {
            counts.floats()[Segment.GRADIENTS.ordinal()] = 0;
        }
        return counts;
    }

    /// The kernels of an image's loops, which all its instances on this memory share: what one has warmed serves the others.
    synchronized FusedTiers tiers(Image image, CompiledProgram program, Tier tier) {
        for (Shared shared : tiers) {
            if (shared.image == image && shared.program == program && shared.tier == tier) {
                return shared.kernels;
            }
        }
        boolean generates = Machine.vectors() && (tier == Tier.AUTO || tier == Tier.GENERATED);
        var kernels = new FusedTiers(image.programs(), generates ? program.kernels() : null, tier);
        tiers.add(new Shared(image, program, tier, kernels));
        return kernels;
    }

    /// Room for what an instance needs while it runs. Instances run one at a time, so one array serves all that come after the
    /// largest.
    synchronized float[] floatArena(int size) {
        if (floats[Segment.ARENA.ordinal()].length < size) {
            floats[Segment.ARENA.ordinal()] = Heap.floats(size);
        }
        return floats[Segment.ARENA.ordinal()];
    }

    /// The same for integers.
    synchronized int[] intArena(int size) {
        if (ints[Segment.ARENA.ordinal()].length < size) {
            ints[Segment.ARENA.ordinal()] = Heap.ints(size);
        }
        return ints[Segment.ARENA.ordinal()];
    }

    /// Scratch memory for loops. Instances run one at a time, so one serves all.
    synchronized FusedWorkspace workspace(Team team) {
        FusedWorkspace known = workspace;
        if (known == null || known.workers() < team.threads()) {
            known = new FusedWorkspace(team.threads());
            workspace = known;
        }
        return known;
    }

    /// Weights in the order in which products read them.
    HeldWeights held() {
        return held;
    }

    /// Says that an array of [#floats] was written to. What else changes variables says so itself.
    public void changed() {
        held.forget();
    }

    /// The device that holds it, or null where it lies on the heap.
    public @Nullable Accelerator accelerator() {
        return accelerator;
    }

    /// The segments on the device, or null.
    @Nullable
    DeviceMemory device() {
        return device;
    }

    /// Gives back what it has on a device, with all instances that work on it; on the heap there is nothing to do.
    public void release() {
        if (device != null) {
            device.release();
        }
    }

    /// Bytes of all variables and gradients, of weights that are held a second time, and of the working memory that instances
    /// share.
    public long bytes() {
        int arena = Segment.ARENA.ordinal();
        return bytes + held.bytes() + (long) (floats[arena].length + ints[arena].length) * Float.BYTES;
    }

    /// All variables, in the order of their declaration.
    public List<Variable> variables() {
        return variables;
    }

    /// The variable of a name, or null.
    public @Nullable Variable find(String name) {
        return byName.get(name);
    }

    /// A segment's floats themselves; writing changes variables, and [#changed] must know. On a device there are none.
    public float[] floats(Segment segment) {
        return floats[segment.ordinal()];
    }

    /// A segment's ints themselves. On a device there are none.
    public int[] ints(Segment segment) {
        return ints[segment.ordinal()];
    }

    /// A copy of a float variable.
    public float[] getFloats(String name) {
        Variable variable = variable(name, true);
        int from = variable.offset();
        if (device != null) {
            var values = new float[variable.size()];
            device.read(variable.segment(), from, values, 0, values.length);
            return values;
        }
        return Arrays.copyOfRange(floats(variable.segment()), from, from + variable.size());
    }

    /// A copy of an integer, bool or byte variable.
    public int[] getInts(String name) {
        Variable variable = variable(name, false);
        int from = variable.offset();
        if (device != null) {
            var values = new int[variable.size()];
            device.read(variable.segment(), from, values, 0, values.length);
            return values;
        }
        return Arrays.copyOfRange(ints(variable.segment()), from, from + variable.size());
    }

    /// A copy of a variable.
    public Tensor tensor(Variable variable) {
        int[] shape = variable.shape().stream().mapToInt(Integer::intValue).toArray();
        return variable.dtype().isFloat()
                ? Tensor.of(getFloats(variable.name()), shape)
                : Tensor.of(variable.dtype(), getInts(variable.name()), shape);
    }

    /// Overwrites a float variable; `values` must have its size.
    public void set(String name, float[] values) {
        Variable variable = variable(name, true);
        check(variable, values.length);
        if (device != null) {
            device.write(variable.segment(), variable.offset(), values, 0, values.length);
            return;
        }
        System.arraycopy(values, 0, floats(variable.segment()), variable.offset(), values.length);
        changed();
    }

    /// Overwrites an integer, bool or byte variable.
    public void set(String name, int[] values) {
        Variable variable = variable(name, false);
        check(variable, values.length);
        if (device != null) {
            device.write(variable.segment(), variable.offset(), values, 0, values.length);
            return;
        }
        System.arraycopy(values, 0, ints(variable.segment()), variable.offset(), values.length);
    }

    /// Takes over the values of every variable of the same name and size.
    public void copyFrom(Memory other) {
        for (Variable variable : variables) {
            Variable source = other.find(variable.name());
            if (source != null && source.size() == variable.size() && source.dtype() == variable.dtype()) {
                if (variable.dtype().isFloat()) {
                    set(variable.name(), other.getFloats(variable.name()));
                } else {
                    set(variable.name(), other.getInts(variable.name()));
                }
            }
        }
    }

    private Variable variable(String name, boolean floating) {
        Variable variable = byName.get(name);
        if (variable == null) {
            throw new IllegalArgumentException("no variable is called " + name);
        }
        if (variable.dtype().isFloat() != floating) {
            throw new IllegalArgumentException(name + " is " + variable.dtype());
        }
        return variable;
    }

    private static void check(Variable variable, int length) {
        if (length != variable.size()) {
            throw new IllegalArgumentException(
                    variable.name() + " has " + variable.size() + " elements, not " + length);
        }
    }
}
