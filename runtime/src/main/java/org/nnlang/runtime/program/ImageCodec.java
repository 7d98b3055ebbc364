package org.nnlang.runtime.program;

import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.fused.FusedProgramCodec;
import org.nnlang.runtime.operation.Operations;
import org.nnlang.runtime.tensor.DType;

/// Images as bytes, beside a compiled class. Enum constants are written by name, lists with their length in front.
final class ImageCodec {
    private static final int MAGIC = 0x4e4e_494d; // NNIM
    private static final int VERSION = 4;
    /// More than any program has: a damaged file must not ask for all memory.
    private static final int MAX_COUNT = 1 << 24;

    private ImageCodec() {}

    @FunctionalInterface
    private interface Writer<T> {
        void write(T value) throws IOException;
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read() throws IOException;
    }

    static void write(Image image, OutputStream stream) throws IOException {
        var out = new DataOutputStream(stream);
        out.writeInt(MAGIC);
        out.writeInt(VERSION);
        out.writeUTF(image.name());
        list(out, image.symbols(), out::writeUTF);
        list(out, image.extents(), extent -> write(extent, out));
        list(out, image.buffers(), buffer -> {
            out.writeUTF(buffer.name());
            out.writeUTF(buffer.segment().name());
            out.writeBoolean(buffer.ints());
            out.writeInt(buffer.size());
            out.writeLong(buffer.offset());
            out.writeInt(buffer.first());
            out.writeInt(buffer.last());
        });
        list(out, image.variables(), variable -> {
            out.writeUTF(variable.name());
            out.writeUTF(variable.segment().name());
            out.writeUTF(variable.dtype().name());
            list(out, variable.shape(), out::writeInt);
            out.writeInt(variable.offset());
        });
        for (List<Port> ports : List.of(image.inputs(), image.outputs())) {
            list(out, ports, port -> {
                out.writeUTF(port.name());
                out.writeUTF(port.dtype().name());
                list(out, port.shape(), out::writeInt);
                write(port.place(), out);
            });
        }
        list(out, image.programs(), program -> FusedProgramCodec.write(program, out));
        list(out, image.steps(), step -> write(step, out));
        list(out, image.notes(), note -> {
            out.writeUTF(note.label());
            out.writeInt(note.line());
            out.writeUTF(note.source());
            out.writeInt(note.flops());
        });
        list(out, image.constants(), out::writeFloat);
        list(out, image.intConstants(), out::writeInt);
        list(out, image.requirements(), requirement -> {
            out.writeUTF(requirement.message());
            SizeRuleCodec.write(requirement.rule(), out);
        });
        out.flush();
    }

    private static <T> void list(DataOutput out, List<T> values, Writer<T> writer) throws IOException {
        out.writeInt(values.size());
        for (T value : values) {
            writer.write(value);
        }
    }

    static void write(Extent extent, DataOutput out) throws IOException {
        out.writeInt(extent.buffer());
        list(out, extent.terms(), term -> {
            out.writeLong(term.numerator());
            out.writeLong(term.denominator());
            list(out, term.symbols(), out::writeInt);
        });
    }

    private static void write(Place place, DataOutput out) throws IOException {
        out.writeUTF(place.segment().name());
        out.writeBoolean(place.ints());
        out.writeInt(place.offset());
    }

    private static void write(Step step, DataOutput out) throws IOException {
        switch (step) {
            case Step.Loop loop -> {
                out.writeByte('L');
                write(loop, out);
            }
            case Step.Product product -> {
                out.writeByte('P');
                out.writeBoolean(product.transA());
                out.writeBoolean(product.transB());
                out.writeInt(product.m());
                out.writeInt(product.n());
                out.writeInt(product.k());
                for (Step.Matrix matrix : List.of(product.a(), product.b(), product.c())) {
                    write(matrix.place(), out);
                    out.writeInt(matrix.rowStride());
                    out.writeInt(matrix.itemStride());
                }
                out.writeInt(product.count());
                list(out, product.outer(), batch -> {
                    out.writeInt(batch.size());
                    out.writeInt(batch.aStride());
                    out.writeInt(batch.bStride());
                    out.writeInt(batch.cStride());
                });
                writeEpilogue(product.epilogue(), out);
            }
            case Step.GatherRows(var table, var indices, var result, int count, int rows, int width) -> {
                out.writeByte('G');
                writeRows(out, table, indices, result, count, rows, width);
            }
            case Step.ScatterRows(var indices, var updates, var result, int count, int rows, int width) -> {
                out.writeByte('S');
                writeRows(out, indices, updates, result, count, rows, width);
            }
            case Step.Order(boolean descending, var source, var result, int rows, int width) -> {
                out.writeByte('O');
                writeRow(out, descending, source, result, rows, width);
            }
            case Step.RunningSums(boolean backwards, var source, var result, int rows, int width) -> {
                out.writeByte('U');
                writeRow(out, backwards, source, result, rows, width);
            }
            case Step.Draw(boolean normal, long stream, var result, int count) -> {
                out.writeByte('D');
                out.writeBoolean(normal);
                out.writeLong(stream);
                write(result, out);
                out.writeInt(count);
            }
            case Step.Move(var source, var target, var dims, var sourceStrides, var targetStrides) -> {
                out.writeByte('M');
                write(source, out);
                write(target, out);
                list(out, dims, out::writeInt);
                list(out, sourceStrides, out::writeInt);
                list(out, targetStrides, out::writeInt);
            }
            case Step.Clear(var target, int count) -> {
                out.writeByte('C');
                write(target, out);
                out.writeInt(count);
            }
            case Step.Repeat(int trips, int steps, var shifts) -> {
                out.writeByte('R');
                out.writeInt(trips);
                out.writeInt(steps);
                list(out, shifts, shift -> {
                    out.writeInt(shift.extent());
                    out.writeInt(shift.from());
                    out.writeInt(shift.distance());
                    out.writeBoolean(shift.alternates());
                });
            }
            case Step.Call call -> {
                out.writeByte('K');
                out.writeUTF(call.kernel().name());
                list(out, call.attributes(), out::writeInt);
                list(out, call.operands(), operand -> write(operand, out));
                list(out, call.results(), result -> {
                    out.writeInt(result.output());
                    write(result.tensor(), out);
                });
                writeEpilogue(call.epilogue(), out);
            }
        }
    }

    private static void writeEpilogue(Step.@Nullable Loop epilogue, DataOutput out) throws IOException {
        out.writeBoolean(epilogue != null);
        if (epilogue != null) {
            write(epilogue, out);
        }
    }

    private static void write(Step.Tensor tensor, DataOutput out) throws IOException {
        write(tensor.place(), out);
        list(out, tensor.dims(), out::writeInt);
        list(out, tensor.strides(), out::writeInt);
    }

    private static void writeRows(
            DataOutput out, Place first, Place second, Place third, int count, int rows, int width)
            throws IOException {
        write(first, out);
        write(second, out);
        write(third, out);
        out.writeInt(count);
        out.writeInt(rows);
        out.writeInt(width);
    }

    private static void write(Step.Loop loop, DataOutput out) throws IOException {
        out.writeInt(loop.program());
        list(out, loop.outer(), out::writeInt);
        out.writeInt(loop.columns());
        list(out, loop.operands(), binding -> {
            write(binding.place(), out);
            list(out, binding.outerStrides(), out::writeInt);
            out.writeInt(binding.columnStride());
        });
        list(out, loop.sizes(), out::writeInt);
    }

    static Image read(InputStream stream, Supplier<Operations> operations) throws IOException {
        var in = new DataInputStream(stream);
        if (in.readInt() != MAGIC) {
            throw new IOException("not a compiled program");
        }
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException(
                    "a compiled program of version " + version + "; this runtime reads version " + VERSION);
        }
        try {
            Image image = new Image(
                    in.readUTF(),
                    list(in, in::readUTF),
                    list(in, () -> extent(in)),
                    list(in, () -> new Buffer(
                            in.readUTF(), Segment.valueOf(in.readUTF()), in.readBoolean(), in.readInt(),
                            in.readLong(), in.readInt(), in.readInt())),
                    list(in, () -> new Variable(
                            in.readUTF(), Segment.valueOf(in.readUTF()), DType.valueOf(in.readUTF()),
                            list(in, in::readInt), in.readInt())),
                    list(in, () -> port(in)),
                    list(in, () -> port(in)),
                    list(in, () -> FusedProgramCodec.read(in, operations)),
                    list(in, () -> step(in)),
                    list(in, () -> new Note(in.readUTF(), in.readInt(), in.readUTF(), in.readInt())),
                    list(in, in::readFloat),
                    list(in, in::readInt),
                    list(in, () -> new Requirement(in.readUTF(), SizeRuleCodec.read(in, 0))));
            check(image);
            return image;
        } catch (IllegalArgumentException e) {
            throw new IOException("a damaged compiled program: " + e.getMessage(), e);
        }
    }

    static Extent extent(DataInput in) throws IOException {
        return new Extent(
                in.readInt(),
                list(in, () -> new Extent.Term(in.readLong(), in.readLong(), list(in, in::readInt))));
    }

    private static <T> List<T> list(DataInput in, Reader<T> reader) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > MAX_COUNT) {
            throw new IOException("a damaged compiled program: a list of " + count);
        }
        var values = new ArrayList<T>(Math.min(count, 1 << 12));
        for (int i = 0; i < count; i++) {
            values.add(reader.read());
        }
        return values;
    }

    private static Port port(DataInput in) throws IOException {
        return new Port(in.readUTF(), DType.valueOf(in.readUTF()), list(in, in::readInt), place(in));
    }

    private static Place place(DataInput in) throws IOException {
        return new Place(Segment.valueOf(in.readUTF()), in.readBoolean(), in.readInt());
    }

    private static Step step(DataInput in) throws IOException {
        byte tag = in.readByte();
        return switch (tag) {
            case 'L' -> loop(in);
            case 'P' -> {
                boolean transA = in.readBoolean();
                boolean transB = in.readBoolean();
                int m = in.readInt();
                int n = in.readInt();
                int k = in.readInt();
                Step.Matrix a = matrix(in);
                Step.Matrix b = matrix(in);
                Step.Matrix c = matrix(in);
                int count = in.readInt();
                List<Step.Batch> outer = list(
                        in, () -> new Step.Batch(in.readInt(), in.readInt(), in.readInt(), in.readInt()));
                Step.@Nullable Loop epilogue = epilogue(in);
                yield new Step.Product(transA, transB, m, n, k, a, b, c, count, outer, epilogue);
            }
            case 'G' -> new Step.GatherRows(
                    place(in), place(in), place(in), in.readInt(), in.readInt(), in.readInt());
            case 'S' -> new Step.ScatterRows(
                    place(in), place(in), place(in), in.readInt(), in.readInt(), in.readInt());
            case 'O' -> new Step.Order(in.readBoolean(), place(in), place(in), in.readInt(), in.readInt());
            case 'U' -> new Step.RunningSums(in.readBoolean(), place(in), place(in), in.readInt(), in.readInt());
            case 'D' -> new Step.Draw(in.readBoolean(), in.readLong(), place(in), in.readInt());
            case 'M' -> new Step.Move(
                    place(in), place(in), list(in, in::readInt), list(in, in::readInt), list(in, in::readInt));
            case 'C' -> new Step.Clear(place(in), in.readInt());
            case 'R' -> new Step.Repeat(
                    in.readInt(),
                    in.readInt(),
                    list(in, () -> new Step.Shift(in.readInt(), in.readInt(), in.readInt(), in.readBoolean())));
            case 'K' -> new Step.Call(
                    LibraryKernel.valueOf(in.readUTF()), list(in, in::readInt), list(in, () -> tensor(in)),
                    list(in, () -> new Step.Result(in.readInt(), tensor(in))), epilogue(in));
            default -> throw new IOException("a damaged compiled program: no step is tagged " + tag);
        };
    }

    private static Step.@Nullable Loop epilogue(DataInput in) throws IOException {
        return in.readBoolean() ? loop(in) : null;
    }

    private static Step.Tensor tensor(DataInput in) throws IOException {
        return new Step.Tensor(place(in), list(in, in::readInt), list(in, in::readInt));
    }

    private static void writeRow(DataOutput out, boolean reversed, Place source, Place result, int rows, int width)
            throws IOException {
        out.writeBoolean(reversed);
        write(source, out);
        write(result, out);
        out.writeInt(rows);
        out.writeInt(width);
    }

    private static Step.Matrix matrix(DataInput in) throws IOException {
        return new Step.Matrix(place(in), in.readInt(), in.readInt());
    }

    private static Step.Loop loop(DataInput in) throws IOException {
        return new Step.Loop(
                in.readInt(),
                list(in, in::readInt),
                in.readInt(),
                list(in, () -> new Step.Binding(place(in), list(in, in::readInt), in.readInt())),
                list(in, in::readInt));
    }

    /// Refuses what would be found out only later, as an index out of range.
    private static void check(Image image) throws IOException {
        for (Extent extent : image.extents()) {
            if (extent.buffer() >= image.buffers().size()) {
                throw new IOException("a damaged compiled program: buffer " + extent.buffer());
            }
            for (Extent.Term term : extent.terms()) {
                for (int symbol : term.symbols()) {
                    if (symbol < 0 || symbol >= image.symbols().size()) {
                        throw new IOException("a damaged compiled program: symbol " + symbol);
                    }
                }
            }
        }
    }
}
