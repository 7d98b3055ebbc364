package org.nnlang.compiler.bytecode;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.BitSet;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;

/// The code of a procedure, written and not loaded yet. With the procedure's image it is all that running it takes, so both
/// may be kept and loaded in a later process, which then needs no compiler before the first loop has proved hot.
public final class ProgramCode {
    /// More than a class file can have: a damaged file must not ask for all memory.
    private static final int MAX_BYTES = 1 << 26;

    private final String name;
    private final byte[] program;
    private final BitSet emittable;

    ProgramCode(String name, byte[] program, BitSet emittable) {
        this.name = name;
        this.program = program;
        this.emittable = emittable;
    }

    /// Writes all of it.
    public void encode(DataOutput out) throws IOException {
        out.writeUTF(name);
        out.writeInt(program.length);
        out.write(program);
        byte[] loops = emittable.toByteArray();
        out.writeInt(loops.length);
        out.write(loops);
    }

    /// Reads what [#encode] wrote.
    public static ProgramCode decode(DataInput in) throws IOException {
        String name = in.readUTF();
        byte[] program = bytes(in);
        return new ProgramCode(name, program, BitSet.valueOf(bytes(in)));
    }

    private static byte[] bytes(DataInput in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > MAX_BYTES) {
            throw new IOException("damaged code: " + length + " bytes");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    /// Loads the program into this virtual machine. Code for its loops is written when the first of them has proved hot, so
    /// that a short run does not wait for what it never uses.
    ///
    /// @param image what the code was written for
    /// @throws LinkageError where the bytes are no such class
    public CompiledProgram load(Image image) {
        return new InMemoryProgram(name, image, emittable, load(name, program, CompiledProgram.class));
    }

    static <T> T load(String name, byte[] bytes, Class<T> type) {
        try {
            return type.cast(new Loader(name, bytes).loadClass(name).getConstructor().newInstance());
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | InstantiationException
                | IllegalAccessException
                | InvocationTargetException
                | ClassCastException e) {
            throw new LinkageError("the class " + name + " does not load", e);
        }
    }

    private static final class Loader extends ClassLoader {
        private final String only;
        private final byte[] bytes;

        Loader(String only, byte[] bytes) {
            super(CompiledProgram.class.getClassLoader());
            this.only = only;
            this.bytes = bytes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (!name.equals(only)) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
