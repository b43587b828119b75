// The worker that the page makes early: Python starts at once, and JupyterLite's own part listens.
import { start } from "./start.mjs";
import "../../$worker";

start();
