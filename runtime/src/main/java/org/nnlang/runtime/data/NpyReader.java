package org.nnlang.runtime.data;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.data.DataHeader.Field;
import org.nnlang.runtime.tensor.DType;

/// NumPy's array files (NumPy enhancement proposal 1), versions 1 to 3: the first axis counts the examples.
final class NpyReader extends DataReader {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int LONGEST_HEADER = 1 << 16;

    /// The header is a Python dictionary with these three keys, which NumPy writes in this order.
    private static final Pattern DICTIONARY = Pattern
            .compile("\\s*\\{\\s*'descr'\\s*:\\s*'([^']*)'\\s*,\\s*'fortran_order'\\s*:\\s*(True|False)\\s*,"
                    + "\\s*'shape'\\s*:\\s*\\(([0-9, ]*)\\)\\s*,?\\s*}\\s*");

    private static final Pattern STRUCTURED = Pattern.compile("'descr'\\s*:\\s*(\\[.*?])\\s*,\\s*'fortran");

    NpyReader() {
        super("npy", List.of(new Parameter("path", Kind.PATH, "the array file; its field is called `x`")));
    }

    @Override
    public Kind others() {
        return Kind.PATH;
    }

    @Override
    Examples open(Arguments arguments) {
        if (arguments.has("path") && arguments.has("x")) {
            throw DataErrors.together("npy", "path", "x");
        }
        if (arguments.names().isEmpty()) {
            throw DataErrors.missingArgument("npy", "path", Kind.PATH.spelling());
        }
        var headers = new LinkedHashMap<String, Header>();
        for (String name : arguments.names()) {
            headers.put(name.equals("path") ? "x" : name, header(arguments.file(name)));
        }
        Header first = headers.values().iterator().next();
        for (Header other : headers.values()) {
            if (other.count() != first.count()) {
                throw DataErrors.countsDiffer(first.path(), first.count(), other.path(), other.count());
            }
        }
        return new Files(headers);
    }

    private record Header(
            Path path,
            NumberArray type,
            ByteOrder order,
            boolean columnMajor,
            int count,
            List<Integer> shape,
            int start,
            long length) {

        int size() {
            return (int) (length / type.bytes() / count);
        }

        String announced() {
            return count + " × " + shape + " elements of " + type.bytes() + (type.bytes() == 1 ? " byte" : " bytes");
        }

        Column read() {
            try (DataFile file = DataFile.open(path)) {
                file.read(start);
                byte[] stored = file.read((int) length);
                if (stored.length < length) {
                    throw DataErrors.wrongSize(path, start + length, start + stored.length, announced());
                }
                if (!file.atEnd()) {
                    throw DataErrors.longer(path, start + length, announced());
                }
                if (type == NumberArray.BOOL) {
                    for (int i = 0; i < stored.length; i++) {
                        stored[i] = (byte) (stored[i] == 0 ? 0 : 1);
                    }
                }
                return type.decode(path, columnMajor ? rowMajor(stored) : stored, order, size());
            }
        }

        /// Elements that were stored with the first axis fastest, with the last axis fastest.
        private byte[] rowMajor(byte[] stored) {
            int width = type.bytes();
            int rank = shape.size() + 1;
            int[] dimensions = new int[rank];
            dimensions[0] = count;
            for (int axis = 1; axis < rank; axis++) {
                dimensions[axis] = shape.get(axis - 1);
            }
            int[] index = new int[rank];
            byte[] result = new byte[stored.length];
            for (int at = 0; at < stored.length; at += width) {
                long place = 0;
                for (int axis = rank - 1; axis >= 0; axis--) {
                    place = place * dimensions[axis] + index[axis];
                }
                System.arraycopy(stored, (int) place * width, result, at, width);
                for (int axis = rank - 1; axis >= 0 && ++index[axis] == dimensions[axis]; axis--) {
                    index[axis] = 0;
                }
            }
            return result;
        }
    }

    private static Header header(Path path) {
        try (DataFile file = DataFile.open(path)) {
            byte[] first = file.read(10);
            if (first.length == 0) {
                throw DataErrors.empty(path);
            }
            if (first.length < 10 || !Arrays.equals(MAGIC, 0, 6, first, 0, 6)) {
                throw DataErrors.noNpy(path, "it does not start with \\x93NUMPY");
            }
            int version = first[6];
            long length = (first[8] & 255) | (first[9] & 255) << 8;
            int start = 10;
            if (version == 2 || version == 3) {
                byte[] more = file.read(2);
                if (more.length < 2) {
                    throw DataErrors.noNpy(path, "it ends inside its header");
                }
                length |= (more[0] & 255L) << 16 | (more[1] & 255L) << 24;
                start = 12;
            } else if (version != 1) {
                throw DataErrors.noNpy(path, "it has version " + version + ", and 1 to 3 can be read");
            }
            if (length > LONGEST_HEADER) {
                throw DataErrors.noNpy(path, "its header announces " + length + " bytes");
            }
            byte[] text = file.read((int) length);
            if (text.length < length) {
                throw DataErrors.noNpy(path, "it ends inside its header");
            }
            String dictionary = new String(text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
            Header header = header(path, dictionary, start + (int) length);
            file.checkLength(header.start(), header.length(), header.announced());
            return header;
        }
    }

    private static Header header(Path path, String dictionary, int start) {
        Matcher matcher = DICTIONARY.matcher(dictionary);
        if (!matcher.matches()) {
            Matcher structured = STRUCTURED.matcher(dictionary);
            if (structured.find()) {
                throw DataErrors.npyType(path, structured.group(1));
            }
            throw DataErrors.noNpy(path, "its header is `" + dictionary.strip() + "`");
        }
        String descr = matcher.group(1);
        NumberArray type = type(path, descr);
        var shape = new ArrayList<Integer>();
        long length = type.bytes();
        for (String dimension : matcher.group(3).split(",", -1)) {
            if (dimension.isBlank()) {
                continue;
            }
            String digits = dimension.strip();
            if (digits.indexOf(' ') >= 0) {
                throw DataErrors.noNpy(path, "its shape is (" + matcher.group(3) + ")");
            }
            if (digits.length() > 10 || Long.parseLong(digits) > Integer.MAX_VALUE) {
                throw DataErrors.tooLarge(path, "its shape is (" + matcher.group(3) + ")");
            }
            shape.add(Integer.parseInt(digits));
            length *= shape.getLast();
            if (length > Integer.MAX_VALUE - 8) {
                throw DataErrors.tooLarge(path, "its shape is (" + matcher.group(3) + ")");
            }
        }
        if (shape.isEmpty()) {
            throw DataErrors.noNpy(path, "it holds a single number, and the first axis should count the examples");
        }
        if (length == 0) {
            throw DataErrors.noExamples("`" + path + "`", "its shape is (" + matcher.group(3) + ")");
        }
        return new Header(
                path,
                type,
                descr.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                matcher.group(2).equals("True") && shape.size() > 1,
                shape.getFirst(),
                shape.subList(1, shape.size()),
                start,
                length);
    }

    private static NumberArray type(Path path, String descr) {
        String plain = descr.isEmpty() ? "" : "<>|=".indexOf(descr.charAt(0)) < 0 ? descr : descr.substring(1);
        return switch (plain) {
            case "f2" -> NumberArray.F16;
            case "f4" -> NumberArray.F32;
            case "f8" -> NumberArray.F64;
            case "i1" -> NumberArray.I8;
            case "i2" -> NumberArray.I16;
            case "i4" -> NumberArray.I32;
            case "i8" -> NumberArray.I64;
            case "u1" -> NumberArray.U8;
            case "u2" -> NumberArray.U16;
            case "u4" -> NumberArray.U32;
            case "u8" -> NumberArray.U64;
            case "b1" -> NumberArray.BOOL;
            default -> throw DataErrors.npyType(path, descr);
        };
    }

    /// A file for each field.
    private static final class Files implements Examples {
        private final Map<String, Header> files;
        private final Map<String, Column> known = new HashMap<>();
        private final DataHeader header;
        private @Nullable Table table;

        Files(Map<String, Header> files) {
            this.files = files;
            var fields = new ArrayList<Field>();
            var values = new LinkedHashMap<String, Long>();
            int count = 0;
            for (var file : files.entrySet()) {
                Header array = file.getValue();
                String name = file.getKey();
                boolean label = array.size() == 1 && Field.isLabel(name);
                // Bytes of one number are class labels; several are pixels.
                DType type = label && array.type().type() == DType.U8 ? DType.I32 : array.type().type();
                fields.add(new Field(name, type, array.shape()));
                if (label && type == DType.I32 && values.isEmpty()) {
                    Column labels = array.read();
                    known.put(name, labels);
                    classes(array.count(), labels, values);
                }
                count = array.count();
            }
            header = new DataHeader(fields, count, List.of(), values);
        }

        private static void classes(int count, Column labels, Map<String, Long> values) {
            int[] label = new int[1];
            int most = 0;
            for (int i = 0; i < count; i++) {
                labels.read(i, label, 0);
                if (label[0] < 0) {
                    return;
                }
                most = Math.max(most, label[0]);
            }
            values.put("classes", most + 1L);
        }

        @Override
        public DataHeader header() {
            return header;
        }

        @Override
        public int count(String part) {
            return header.count();
        }

        @Override
        public Table table(@Nullable String part) {
            Table read = table;
            if (read == null) {
                var columns = new ArrayList<Column>();
                files.forEach((name, file) -> columns.add(known.computeIfAbsent(name, _ -> file.read())));
                read = new Table(header.fields(), columns, header.count());
                table = read;
            }
            return read;
        }
    }
}
