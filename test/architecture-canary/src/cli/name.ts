export const name: string = 'canary';
