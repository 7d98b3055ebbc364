package org.nnlang.runtime.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.tensor.DType;

/// What a compiler must know of data before it is read: the fields of an example, in order, how many examples there
/// are (-1 where that is unknown), which parts the source names, and numbers that follow from it (`vocabulary`,
/// `classes`).
public record DataHeader(List<Field> fields, int count, List<String> parts, Map<String, Long> values) {

    /// One field of every example. The shape is that of one example: `[28, 28]` for an image, `[]` for a label.
    ///
    /// @param names for a label its class names, class 0 first; for tokens of a text what they are; else empty
    /// @param columns for a field made of table columns their names; else empty
    /// @param free where a dimension differs from batch to batch, its name, and then the shape has the most that it can be;
    ///     for others the empty text; an empty list where no dimension is free
    /// @param vocabulary what the field's numbers stand for in a text, or null where it is none
    /// @param framing what became of a text's tokens, or null where it is none, or nobody told
    public record Field(
            String name,
            DType type,
            List<Integer> shape,
            List<String> names,
            List<String> columns,
            List<String> free,
            @Nullable Vocabulary vocabulary,
            @Nullable Framing framing) {
        public Field {
            shape = List.copyOf(shape);
            names = List.copyOf(names);
            columns = List.copyOf(columns);
            free = List.copyOf(free);
            if (!free.isEmpty() && free.size() != shape.size()) {
                throw new IllegalArgumentException(free + " for the dimensions " + shape);
            }
        }

        public Field(String name, DType type, List<Integer> shape, List<String> names, List<String> columns) {
            this(name, type, shape, names, columns, List.of(), null, null);
        }

        public Field(String name, DType type, List<Integer> shape) {
            this(name, type, shape, List.of(), List.of());
        }

        /// Whether a field of this name holds what is to be told of an example.
        public static boolean isLabel(String name) {
            return name.equals("label") || name.equals("y");
        }

        /// Tokens of a text, as many as `length` says.
        static Field tokens(String name, int length, Vocabulary vocabulary, Framing framing) {
            return new Field(
                    name, DType.I32, List.of(length), vocabulary.tokens(), List.of(), List.of(), vocabulary, framing);
        }

        /// Tokens of a text, as many as the longest of a batch has.
        ///
        /// @param dimension its name
        /// @param longest the most
        static Field tokens(String name, String dimension, int longest, Vocabulary vocabulary, Framing framing) {
            return new Field(
                    name,
                    DType.I32,
                    List.of(longest),
                    vocabulary.tokens(),
                    List.of(),
                    List.of(dimension),
                    vocabulary,
                    framing);
        }

        /// The name of a dimension that differs from batch to batch; the empty text for one of fixed size.
        public String free(int axis) {
            return free.isEmpty() ? "" : free.get(axis);
        }

        /// How many elements one example of this field has; where a dimension is free, the most.
        public int size() {
            int size = 1;
            for (int dimension : shape) {
                size *= dimension;
            }
            return size;
        }

        /// This field with elements of another type.
        public Field withType(DType other) {
            return new Field(name, other, shape, names, columns, free, vocabulary, framing);
        }

        /// This field as made of columns of a table, or with others.
        Field withColumns(List<String> others) {
            return new Field(name, type, shape, names, others, free, vocabulary, framing);
        }

        /// As in a program: `image: u8[28, 28]`, `label: i32`, `text: i32[length]`.
        @Override
        public String toString() {
            var dimensions = new ArrayList<String>();
            for (int axis = 0; axis < shape.size(); axis++) {
                dimensions.add(free(axis).isEmpty() ? shape.get(axis).toString() : free(axis));
            }
            return name + ": " + type + (shape.isEmpty() ? "" : dimensions.toString());
        }

        private Json toJson() {
            var members = new LinkedHashMap<String, Object>();
            members.put("name", name);
            members.put("type", type.name());
            members.put("shape", shape);
            members.put("columns", columns);
            if (!free.isEmpty()) {
                members.put("free", free);
            }
            // A text's names are its tokens.
            if (vocabulary == null) {
                members.put("names", names);
            } else {
                members.put("vocabulary", vocabulary.toJson());
            }
            if (framing != null) {
                members.put("framing", framing.toJson());
            }
            return Json.of(members);
        }

        private static Field fromJson(Json json) {
            @Nullable
            Vocabulary vocabulary = json.has("vocabulary") ? Vocabulary.fromJson(json.get("vocabulary")) : null;
            return new Field(
                    json.get("name").text(),
                    DType.valueOf(json.get("type").text()),
                    json.get("shape").items().stream().map(Json::integer).toList(),
                    vocabulary == null ? texts(json.get("names")) : vocabulary.tokens(),
                    texts(json.get("columns")),
                    json.has("free") ? texts(json.get("free")) : List.of(),
                    vocabulary,
                    json.has("framing") ? Framing.fromJson(json.get("framing")) : null);
        }
    }

    public DataHeader {
        fields = List.copyOf(fields);
        parts = List.copyOf(parts);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /// The field of that name, or null.
    public @Nullable Field field(String name) {
        for (Field field : fields) {
            if (field.name().equals(name)) {
                return field;
            }
        }
        return null;
    }

    /// The names of the dimensions that differ from batch to batch, in the order in which the fields have them.
    public List<String> free() {
        return fields.stream()
                .flatMap(field -> field.free().stream())
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
    }

    /// The vocabulary of a text's field of that name, or of the first one where there is none of that name; null where
    /// there is no text. A checkpoint keeps the header of what was learnt from, so this is how its model is asked.
    public @Nullable Vocabulary vocabulary(String name) {
        Field named = field(name);
        if (named != null && named.vocabulary() != null) {
            return named.vocabulary();
        }
        for (Field field : fields) {
            if (field.vocabulary() != null) {
                return field.vocabulary();
            }
        }
        return null;
    }

    /// The place of a field in [#fields], or -1.
    public int indexOf(String name) {
        for (int i = 0; i < fields.size(); i++) {
            if (fields.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /// This header for another number of examples.
    public DataHeader withCount(int other) {
        return new DataHeader(fields, other, parts, values);
    }

    /// This header with other fields.
    public DataHeader withFields(List<Field> others) {
        return new DataHeader(others, count, parts, values);
    }

    /// This header of a source that names no parts, as a part of it has.
    public DataHeader withoutParts() {
        return new DataHeader(fields, count, List.of(), values);
    }

    /// All of it as JSON, for a checkpoint; [#fromJson] gives an equal one back.
    public Json toJson() {
        var members = new LinkedHashMap<String, Object>();
        members.put("fields", fields.stream().map(Field::toJson).toList());
        members.put("count", count);
        members.put("parts", parts);
        members.put("values", values);
        return Json.of(members);
    }

    /// The header that [#toJson] wrote.
    ///
    /// @throws org.nnlang.runtime.json.JsonException for JSON of another form
    public static DataHeader fromJson(Json json) {
        var values = new LinkedHashMap<String, Long>();
        json.get("values").members().forEach((name, value) -> values.put(name, value.whole()));
        return new DataHeader(
                json.get("fields").items().stream()
                        .map(Field::fromJson)
                        .toList(),
                json.get("count").integer(),
                texts(json.get("parts")),
                values);
    }

    private static List<String> texts(Json array) {
        return array.items().stream().map(Json::text).toList();
    }
}
