package org.nnlang.runtime.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.operation.Operations;

/// A compiled procedure as data: all that a class does not hold, and, with [CompiledProgram#interpreted], all there is.
///
/// @param name of the procedure
/// @param symbols the dimensions that are free, such as `batch`
/// @param extents numbers that depend on them; steps and buffers refer to extents by index
/// @param buffers pieces of segments
/// @param variables of the whole training, in the order of their declaration; procedures that share memory have the same
/// @param programs fused loops
/// @param steps what to do, in order
/// @param notes one for each step
/// @param constants the constants segment's floats
/// @param intConstants the constants segment's ints
/// @param requirements what must hold of the sizes
public record Image(
        String name,
        List<String> symbols,
        List<Extent> extents,
        List<Buffer> buffers,
        List<Variable> variables,
        List<Port> inputs,
        List<Port> outputs,
        List<FusedProgram> programs,
        List<Step> steps,
        List<Note> notes,
        List<Float> constants,
        List<Integer> intConstants,
        List<Requirement> requirements) {
    public Image {
        symbols = List.copyOf(symbols);
        extents = List.copyOf(extents);
        buffers = List.copyOf(buffers);
        variables = List.copyOf(variables);
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        programs = List.copyOf(programs);
        steps = List.copyOf(steps);
        notes = List.copyOf(notes);
        constants = List.copyOf(constants);
        intConstants = List.copyOf(intConstants);
        requirements = List.copyOf(requirements);
        if (notes.size() != steps.size()) {
            throw new IllegalArgumentException(steps.size() + " steps with " + notes.size() + " notes");
        }
    }

    /// An image that any sizes do for.
    public Image(
            String name, List<String> symbols, List<Extent> extents, List<Buffer> buffers, List<Variable> variables,
            List<Port> inputs, List<Port> outputs, List<FusedProgram> programs, List<Step> steps, List<Note> notes,
            List<Float> constants, List<Integer> intConstants) {
        this(
                name, symbols, extents, buffers, variables, inputs, outputs, programs, steps, notes, constants,
                intConstants, List.of());
    }

    /// The same program, for sizes of which these hold.
    public Image requiring(List<Requirement> others) {
        return new Image(
                name, symbols, extents, buffers, variables, inputs, outputs, programs, steps, notes, constants,
                intConstants, others);
    }

    /// Writes everything, for a file beside a compiled class.
    public void encode(OutputStream out) throws IOException {
        ImageCodec.write(this, out);
    }

    /// Reads what [#encode] wrote, with the operations of host code that are on the path.
    ///
    /// @throws IOException where the bytes are no image, or damaged
    /// @throws org.nnlang.runtime.NnException NN0872 where it calls an operation that is not there
    public static Image decode(InputStream in) throws IOException {
        return decode(in, Operations::installed);
    }

    /// Reads what [#encode] wrote.
    ///
    /// @param operations asked for where the program calls operations of host code
    /// @throws IOException where the bytes are no image, or damaged
    /// @throws org.nnlang.runtime.NnException NN0872 where it calls an operation that is not there
    public static Image decode(InputStream in, Supplier<Operations> operations) throws IOException {
        return ImageCodec.read(in, operations);
    }
}
