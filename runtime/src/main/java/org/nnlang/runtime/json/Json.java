package org.nnlang.runtime.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A JSON value (RFC 8259). Members keep the order in which they were written, whole numbers keep all their digits,
/// and `toString` is the compact text, the same on every machine.
public sealed interface Json {

    /// `null`.
    record Nothing() implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// `true` or `false`.
    record Truth(boolean value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// A number written without a fraction or exponent that fits 64 bits.
    record Whole(long value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// Any other number. NaN and the infinities have no JSON and are written as the texts `"NaN"`, `"Infinity"` and
    /// `"-Infinity"`, which [#decimal()] reads back.
    record Decimal(double value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// A string.
    record Text(String value) implements Json {
        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// An array.
    record Array(List<Json> items) implements Json {
        public Array {
            items = List.copyOf(items);
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// An object; its members stay in the order given.
    record Members(Map<String, Json> values) implements Json {
        public Members {
            values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }

        @Override
        public String toString() {
            return JsonWriter.write(this);
        }
    }

    /// Parses exactly one value.
    ///
    /// @throws JsonException where the text is not JSON; it says at which character
    static Json parse(String text) {
        return new JsonReader(text).document();
    }

    static Json of(String value) {
        return new Text(value);
    }

    static Json of(long value) {
        return new Whole(value);
    }

    static Json of(double value) {
        return new Decimal(value);
    }

    static Json of(boolean value) {
        return new Truth(value);
    }

    static Json of(List<?> values) {
        var items = new ArrayList<Json>(values.size());
        for (Object value : values) {
            items.add(ofValue(value));
        }
        return new Array(items);
    }

    static Json of(Map<String, ?> values) {
        var members = new LinkedHashMap<String, Json>();
        values.forEach((name, value) -> members.put(name, ofValue(value)));
        return new Members(members);
    }

    /// The JSON of a plain Java value: a text, number, truth value, list, map with text keys, or a `Json` itself.
    ///
    /// @throws IllegalArgumentException for any other class
    static Json ofValue(Object value) {
        return switch (value) {
            case Json json -> json;
            case String text -> new Text(text);
            case Long number -> new Whole(number);
            case Integer number -> new Whole(number);
            case Double number -> new Decimal(number);
            case Float number -> new Decimal(number);
            case Boolean truth -> new Truth(truth);
            case List<?> list -> of(list);
            case Map<?, ?> map -> {
                var members = new LinkedHashMap<String, Json>();
                map.forEach((name, item) -> members.put((String) name, ofValue(item)));
                yield new Members(members);
            }
            default -> throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
        };
    }

    /// This value as plain Java: `String`, `Long`, `Double`, `Boolean`, `List` or `Map`.
    ///
    /// @throws JsonException for `null`
    default Object plain() {
        return switch (this) {
            case Nothing _ -> throw new JsonException("a value is expected here, not null");
            case Truth(boolean value) -> value;
            case Whole(long value) -> value;
            case Decimal(double value) -> value;
            case Text(String value) -> value;
            case Array(List<Json> items) -> items.stream().map(Json::plain).toList();
            case Members(Map<String, Json> members) -> {
                var values = new LinkedHashMap<String, Object>();
                members.forEach((name, item) -> values.put(name, item.plain()));
                yield Collections.unmodifiableMap(values);
            }
        };
    }

    /// The member `name` of an object.
    ///
    /// @throws JsonException if this is no object or has no such member
    default Json get(String name) {
        if (this instanceof Members(Map<String, Json> values)) {
            Json found = values.get(name);
            if (found != null) {
                return found;
            }
            throw new JsonException("member \"" + name + "\" is missing");
        }
        throw new JsonException("an object with member \"" + name + "\" is expected");
    }

    /// Whether this is an object with a member `name` that is not `null`.
    default boolean has(String name) {
        return this instanceof Members(Map<String, Json> values)
                && !(values.getOrDefault(name, new Nothing()) instanceof Nothing);
    }

    /// This as a text, or a [JsonException].
    default String text() {
        if (this instanceof Text(String value)) {
            return value;
        }
        throw new JsonException("a text is expected, not " + this);
    }

    /// This as a whole number, or a [JsonException].
    default long whole() {
        if (this instanceof Whole(long value)) {
            return value;
        }
        throw new JsonException("a whole number is expected, not " + this);
    }

    /// This as a whole number that fits an `int`, or a [JsonException].
    default int integer() {
        long value = whole();
        if (value != (int) value) {
            throw new JsonException("a number of at most 32 bits is expected, not " + this);
        }
        return (int) value;
    }

    /// This as a number, or a [JsonException].
    default double decimal() {
        return switch (this) {
            case Decimal(double value) -> value;
            case Whole(long value) -> value;
            case Text(String value) when value.equals("NaN") -> Double.NaN;
            case Text(String value) when value.equals("Infinity") -> Double.POSITIVE_INFINITY;
            case Text(String value) when value.equals("-Infinity") -> Double.NEGATIVE_INFINITY;
            case Text _, Truth _, Nothing _, Array _, Members _ ->
                throw new JsonException("a number is expected, not " + this);
        };
    }

    /// This as a truth value, or a [JsonException].
    default boolean truth() {
        if (this instanceof Truth(boolean value)) {
            return value;
        }
        throw new JsonException("true or false is expected, not " + this);
    }

    /// The items of an array, or a [JsonException].
    default List<Json> items() {
        if (this instanceof Array(List<Json> items)) {
            return items;
        }
        throw new JsonException("an array is expected, not " + this);
    }

    /// The members of an object, or a [JsonException].
    default Map<String, Json> members() {
        if (this instanceof Members(Map<String, Json> values)) {
            return values;
        }
        throw new JsonException("an object is expected, not " + this);
    }
}
