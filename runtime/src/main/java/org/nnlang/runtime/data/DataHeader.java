package org.nnlang.runtime.data;

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
    /// @param names for a label its class names, class 0 first; for `x` and `y` of a text its characters; else empty
    /// @param columns for a field made of table columns their names; else empty
    public record Field(String name, DType type, List<Integer> shape, List<String> names, List<String> columns) {
        public Field {
            shape = List.copyOf(shape);
            names = List.copyOf(names);
            columns = List.copyOf(columns);
        }

        public Field(String name, DType type, List<Integer> shape) {
            this(name, type, shape, List.of(), List.of());
        }

        /// How many elements one example of this field has.
        public int size() {
            int size = 1;
            for (int dimension : shape) {
                size *= dimension;
            }
            return size;
        }

        /// This field with elements of another type.
        public Field withType(DType other) {
            return new Field(name, other, shape, names, columns);
        }

        /// As in a program: `image: u8[28, 28]`, `label: i32`.
        @Override
        public String toString() {
            return name + ": " + type + (shape.isEmpty() ? "" : shape.toString());
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
        members.put(
                "fields",
                fields.stream()
                        .map(field -> {
                            var one = new LinkedHashMap<String, Object>();
                            one.put("name", field.name());
                            one.put("type", field.type().name());
                            one.put("shape", field.shape());
                            one.put("names", field.names());
                            one.put("columns", field.columns());
                            return one;
                        })
                        .toList());
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
                        .map(field -> new Field(
                                field.get("name").text(),
                                DType.valueOf(field.get("type").text()),
                                field.get("shape").items().stream().map(Json::integer).toList(),
                                texts(field.get("names")),
                                texts(field.get("columns"))))
                        .toList(),
                json.get("count").integer(),
                texts(json.get("parts")),
                values);
    }

    private static List<String> texts(Json array) {
        return array.items().stream().map(Json::text).toList();
    }
}
