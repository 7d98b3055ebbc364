module com.example.app {
    requires com.example.models;
}
