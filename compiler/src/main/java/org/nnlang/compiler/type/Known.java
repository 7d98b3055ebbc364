package org.nnlang.compiler.type;

import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.diagnostic.Code;

/// Names that the language itself gives a meaning to.
public final class Known {
    private Known() {}

    /// Words of later releases, and the code that says so.
    public static final Map<String, Code> LATER = Map.ofEntries(
            Map.entry("conv1d", Code.NOT_YET_CONVOLUTION),
            Map.entry("conv2d", Code.NOT_YET_CONVOLUTION),
            Map.entry("conv3d", Code.NOT_YET_CONVOLUTION),
            Map.entry("max_pool", Code.NOT_YET_CONVOLUTION),
            Map.entry("avg_pool", Code.NOT_YET_CONVOLUTION),
            Map.entry("mean_pool", Code.NOT_YET_CONVOLUTION),
            Map.entry("Conv", Code.NOT_YET_CONVOLUTION),
            Map.entry("Conv1d", Code.NOT_YET_CONVOLUTION),
            Map.entry("Conv2d", Code.NOT_YET_CONVOLUTION),
            Map.entry("Conv3d", Code.NOT_YET_CONVOLUTION),
            Map.entry("MaxPool", Code.NOT_YET_CONVOLUTION),
            Map.entry("MaxPool1d", Code.NOT_YET_CONVOLUTION),
            Map.entry("MaxPool2d", Code.NOT_YET_CONVOLUTION),
            Map.entry("AvgPool2d", Code.NOT_YET_CONVOLUTION),
            Map.entry("MeanPool", Code.NOT_YET_CONVOLUTION));

    /// Element types.
    public static final Set<String> DTYPES = Set.of("f32", "i32", "u8", "bool");

    /// Compile-time types.
    public static final Set<String> COMPILE_TIME_TYPES = Set.of("Int", "Float", "Bool", "String", "Fn", "Schedule",
            "Data", "List");

    /// Whether `name`, as a type, stands for any dtype: one capital letter.
    public static boolean isDTypeVariable(String name) {
        return name.length() == 1 && Character.isUpperCase(name.charAt(0));
    }
}
