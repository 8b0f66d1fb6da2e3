"""The servers that the Menu API is compared with, each as its libraries' documentation says."""
