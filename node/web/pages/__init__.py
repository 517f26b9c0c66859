"""One module a group of pages: each declares its routes and answers them with one view and one template."""
