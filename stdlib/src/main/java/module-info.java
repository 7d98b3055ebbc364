/// The standard library: `.nn` files, and what finds them.
module org.nnlang.stdlib {
    requires static org.jspecify;

    exports org.nnlang.stdlib;
}
