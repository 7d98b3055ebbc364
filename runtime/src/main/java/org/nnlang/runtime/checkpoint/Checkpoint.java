package org.nnlang.runtime.checkpoint;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.nnlang.runtime.file.Replacement;
import org.nnlang.runtime.json.Json;
import org.nnlang.runtime.json.JsonException;
import org.nnlang.runtime.tensor.Tensor;

/// Named tensors and named texts. The names are sorted, so that equal checkpoints have the same bytes.
///
/// @param storage how a file holds f32 tensors that it does not hold as they are: so they were read, and so they are written
public record Checkpoint(
        SortedMap<String, Tensor> tensors, SortedMap<String, String> metadata, SortedMap<String, Storage> storage) {

    public Checkpoint(Map<String, Tensor> tensors, Map<String, String> metadata) {
        this(tensors, metadata, Map.of());
    }

    public Checkpoint(Map<String, Tensor> tensors, Map<String, String> metadata, Map<String, Storage> storage) {
        this((SortedMap<String, Tensor>) new TreeMap<>(tensors), new TreeMap<>(metadata), new TreeMap<>(storage));
    }

    public Checkpoint {
        tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
        storage = Collections.unmodifiableSortedMap(new TreeMap<>(storage));
    }

    /// How a file holds a tensor.
    public Storage storage(String name) {
        return storage.getOrDefault(name, Storage.F32);
    }

    /// Reads a file whole, and checks it whole before anything is allocated for a tensor.
    ///
    /// @throws org.nnlang.runtime.NnException NN0801 where there is no such file, NN0802 where it cannot be read,
    ///     NN0803 where it is cut off or no checkpoint
    public static Checkpoint read(Path path) {
        return SafetensorsReader.read(path);
    }

    /// Reads what a stream holds, to its end; the stream stays open.
    ///
    /// @param name what messages call it
    /// @throws org.nnlang.runtime.NnException NN0803 where it is cut off or no checkpoint
    public static Checkpoint read(InputStream in, String name) throws IOException {
        byte[] bytes = in.readAllBytes();
        return SafetensorsReader.read(
                Path.of(name), Channels.newChannel(new ByteArrayInputStream(bytes)), bytes.length);
    }

    /// Replaces `path` by this checkpoint: the file is written beside, synced, and moved into place. Killed at any
    /// moment, either the old file or this one is there, whole. Missing folders are made.
    ///
    /// @throws org.nnlang.runtime.NnException NN0804 where it cannot be written; the old file stays, and nothing else
    public void write(Path path) {
        try {
            Replacement.replace(path, out -> SafetensorsWriter.write(this, out));
        } catch (IOException e) {
            throw CheckpointErrors.unwritable(path, e);
        }
    }

    /// Makes the folder of a checkpoint and tries to write there: better now than after hours of work.
    ///
    /// @throws org.nnlang.runtime.NnException NN0804 where that fails
    public static void prepare(Path path) {
        try {
            Replacement.prepare(path);
        } catch (IOException e) {
            throw CheckpointErrors.unwritable(path, e);
        }
    }

    /// Writes it to a stream, which stays open.
    public void write(OutputStream out) throws IOException {
        SafetensorsWriter.write(this, Channels.newChannel(out));
    }

    /// A text that holds JSON.
    ///
    /// @throws JsonException where there is none, or it is not JSON
    public Json json(String name) {
        String text = metadata.get(name);
        if (text == null) {
            throw new JsonException("`" + name + "` is missing");
        }
        return Json.parse(text);
    }
}
