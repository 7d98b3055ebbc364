package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.zip.GZIPOutputStream;
import org.nnlang.runtime.NnException;

/// Data files made for a test, in a folder of its own.
record TempData(Path folder) {

    TempData file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    TempData file(String name, byte[] bytes) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A reader's expression; arguments are names and values in turn.
    static DataExpression source(String reader, Object... arguments) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < arguments.length; i += 2) {
            map.put((String) arguments[i], arguments[i + 1]);
        }
        return new DataExpression.Source(reader, map);
    }

    DataHeader header(DataExpression expression) {
        return new DataSources(folder).header(expression);
    }

    Dataset open(DataExpression expression) {
        return new DataSources(folder).open(expression);
    }

    /// The error that reading gives, without the folder's name.
    String error(DataExpression expression) {
        NnException error = assertThrows(NnException.class, () -> open(expression));
        return (error.code() + ": " + error.getMessage() + (error.help().isEmpty() ? "" : " | " + error.help()))
                .replace(folder + "/", "");
    }

    static float[] floats(Dataset data, int example, int field) {
        var values = new float[data.header().fields().get(field).size()];
        data.read(example, field, values, 0);
        return values;
    }

    static int[] ints(Dataset data, int example, int field) {
        var values = new int[data.header().fields().get(field).size()];
        data.read(example, field, values, 0);
        return values;
    }

    static byte[] gzip(byte[] bytes) {
        var out = new ByteArrayOutputStream();
        try (var packed = new GZIPOutputStream(out)) {
            packed.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// An IDX file of bytes.
    static byte[] idx(int type, int[] dimensions, byte... elements) {
        var bytes = ByteBuffer.allocate(4 + 4 * dimensions.length + elements.length);
        bytes.put((byte) 0).put((byte) 0).put((byte) type).put((byte) dimensions.length);
        for (int dimension : dimensions) {
            bytes.putInt(dimension);
        }
        return bytes.put(elements).array();
    }

    /// An npy file.
    static byte[] npy(int version, String descr, boolean columnMajor, String shape, byte[] elements) {
        String dictionary = "{'descr': '" + descr + "', 'fortran_order': " + (columnMajor ? "True" : "False")
                + ", 'shape': " + shape + ", }          \n";
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        out.write(dictionary.length() & 255);
        out.write(dictionary.length() >> 8);
        if (version > 1) {
            out.write(0);
            out.write(0);
        }
        out.writeBytes(dictionary.getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(elements);
        return out.toByteArray();
    }
}
