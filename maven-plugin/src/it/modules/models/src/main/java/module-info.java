module com.example.models {
    requires transitive org.nnlang.runtime;

    exports com.example;
}
